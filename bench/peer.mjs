// The Node peers: node peer.mjs http|fetch export|get|create BASE_URL COUNT AT_ONCE
// Each decodes every answer and looks at every record. Prints one line of JSON; throws when anything goes wrong.
import { readFileSync } from "node:fs";
import http from "node:http";

const [client, mode, base] = process.argv.slice(2, 5);
const [count, atOnce] = process.argv.slice(5, 7).map(Number);
const headers = { Accept: "application/json", Authorization: "Bearer bench" };
const body = JSON.stringify({ ref: "B1", firstName: "Bea", lastName: "Example", email: "bea@example.org" });
const method = mode === "create" ? "POST" : "GET";
if (mode === "create") headers["Content-Type"] = "application/json";

function url(n) {
  if (mode === "export") return `${base}/rest/v1/users?page=${n}&perPage=1000`;
  if (mode === "create") return `${base}/rest/v2/users`;
  return `${base}/rest/v1/user/${n.toString(16).padStart(24, "0")}`;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });

function byHttp(n) {
  return new Promise((resolve, reject) => {
    const request = http.request(url(n), { agent, method, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode >= 300) reject(new Error(`status ${answer.statusCode}`));
        else resolve(JSON.parse(Buffer.concat(chunks).toString()));
      });
    });
    request.on("error", reject);
    request.end(method === "POST" ? body : undefined);
  });
}

async function byFetch(n) {
  const answer = await fetch(url(n), { method, headers, body: method === "POST" ? body : undefined });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

const one = client === "http" ? byHttp : byFetch;
let next = 1;
let answers = 0;
let records = 0;
let chars = 0;

async function work() {
  while (next <= count) {
    const value = await one(next++);
    answers++;
    for (const record of mode === "export" ? value.results : [value]) {
      records++;
      chars += record.ref.length;
    }
  }
}

const start = process.hrtime.bigint();
const cpuStart = process.cpuUsage();
await Promise.all(Array.from({ length: atOnce }, work));
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const cpu = process.cpuUsage(cpuStart);
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "ascii"))[1]) / 1024;
console.log(JSON.stringify({ seconds, cpu: (cpu.user + cpu.system) / 1e6, answers, records, chars, rss_mb: peak }));
process.exit(0);
