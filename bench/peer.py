"""The Python peers: python3 peer.py requests|aiohttp|httpx export|get|create BASE_URL COUNT AT_ONCE

Each decodes every answer and looks at every record; requests runs AT_ONCE threads with a session each. Prints one line of
JSON; an exception (and so an exit status) when anything goes wrong.
"""
import asyncio
import itertools
import json
import sys
import threading
import time

CLIENT, MODE, BASE = sys.argv[1:4]
COUNT, AT_ONCE = int(sys.argv[4]), int(sys.argv[5])
HEADERS = {"Accept": "application/json", "Authorization": "Bearer bench"}
RECORD = {"ref": "B1", "firstName": "Bea", "lastName": "Example", "email": "bea@example.org"}

totals = {"answers": 0, "records": 0, "chars": 0}


def url(n):
    if MODE == "export":
        return f"{BASE}/rest/v1/users?page={n}&perPage=1000"
    if MODE == "create":
        return f"{BASE}/rest/v2/users"
    return f"{BASE}/rest/v1/user/{n:024x}"


def touch(value):
    totals["answers"] += 1
    for record in value["results"] if MODE == "export" else [value]:
        totals["records"] += 1
        totals["chars"] += len(record["ref"])


def run_requests():
    import requests

    numbers = iter(range(1, COUNT + 1))
    lock = threading.Lock()
    failures = []

    def work():
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.headers.update(HEADERS)
                while True:
                    with lock:
                        n = next(numbers, None)
                    if n is None:
                        return
                    answer = session.post(url(n), json=RECORD) if MODE == "create" else session.get(url(n))
                    answer.raise_for_status()
                    value = answer.json()
                    with lock:
                        touch(value)
        except Exception as failure:
            failures.append(failure)

    begin()
    if AT_ONCE == 1:
        work()
    else:
        threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


async def several(one):
    numbers = itertools.count(1)

    async def work():
        while (n := next(numbers)) <= COUNT:
            touch(await one(n))

    begin()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def run_aiohttp():
    import aiohttp

    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as session:

        async def one(n):
            call = session.post(url(n), json=RECORD) if MODE == "create" else session.get(url(n))
            async with call as answer:
                answer.raise_for_status()
                return await answer.json()

        await several(one)


async def run_httpx():
    import httpx

    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, headers=HEADERS, trust_env=False, timeout=60) as session:

        async def one(n):
            answer = await (session.post(url(n), json=RECORD) if MODE == "create" else session.get(url(n)))
            answer.raise_for_status()
            return answer.json()

        await several(one)


def begin():
    totals["start"], totals["cpu_start"] = time.monotonic(), time.process_time()


def peak_mb():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


if CLIENT == "requests":
    run_requests()
elif CLIENT == "aiohttp":
    asyncio.run(run_aiohttp())
else:
    asyncio.run(run_httpx())
totals["seconds"] = time.monotonic() - totals.pop("start")
totals["cpu"] = time.process_time() - totals.pop("cpu_start")
totals["rss_mb"] = peak_mb()
print(json.dumps(totals))
