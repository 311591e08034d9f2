/* pager_test.c — src/pager.c: each style against servers that behave, and against servers that do not. */
#include "pager.h"

#include <limits.h>
#include <string.h>

#include "check.h"

enum { MORE = THR_PAGE_MORE, END = THR_PAGE_END, LOOP = THR_PAGE_LOOP, WRONG = THR_PAGE_WRONG };

/* An answer, and what its records hash to; 0 = they have no ids. */
typedef struct told {
  thr_page page;
  unsigned long long print;
} told;

static told bare(long long asked, long long count, unsigned long long print) {
  told t;
  memset(&t, 0, sizeof t);
  t.page.asked = asked;
  t.page.count = count;
  t.page.page = t.page.per_page = t.page.total_pages = t.page.total_results = -1;
  t.print = print;
  return t;
}

static told enveloped(long long asked, long long count, unsigned long long print, long long page,
                      long long per_page, long long total_pages, long long total_results) {
  told t = bare(asked, count, print);
  t.page.has_pagination = 1;
  t.page.page = page;
  t.page.per_page = per_page;
  t.page.total_pages = total_pages;
  t.page.total_results = total_results;
  return t;
}

/* The hashes of the pages fed since start(). */
static unsigned long long fed[128];
static int fed_count;

static void share(thr_pager *p, thr_page_style style, long long first, long long per_page, long long step) {
  fed_count = 0;
  thr_pager_init(p, style, first, per_page, step);
}

static void start(thr_pager *p, thr_page_style style, long long first, long long per_page) {
  share(p, style, first, per_page, 1);
}

/* Feeds one page and returns the verdict as an int, for comparing. */
static int feed(thr_pager *p, told t) {
  int i;
  for (i = 0; i < fed_count && t.print != 0; i++)
    t.page.seen |= fed[i] == t.print;
  if (fed_count < (int)(sizeof fed / sizeof *fed))
    fed[fed_count++] = t.print;
  return (int)thr_pager_feed(p, &t.page);
}

/* A tenant of `total` records behind an endpoint. */
typedef struct server {
  long long total, max_per_page;
  int envelope;
  int ignores_page; /* always the first page … */
  int echoes_asked; /* … under the number that was asked for */
  int no_totals;    /* pagination without totalPages and totalResults */
  long long wraps;  /* page n is page n modulo this */
} server;

static told answer(const server *s, long long asked, long long per_page) {
  long long page = asked, size = per_page, first, count;
  told p;
  if (s->max_per_page > 0 && size > s->max_per_page)
    size = s->max_per_page;
  if (s->ignores_page)
    page = 1;
  if (s->wraps > 0)
    page = (asked - 1) % s->wraps + 1;
  first = (page - 1) * size;
  count = first >= s->total ? 0 : s->total - first < size ? s->total - first : size;
  p = bare(asked, count, count > 0 ? (unsigned long long)first * 1000003u + (unsigned long long)count : 0);
  if (s->envelope) {
    p.page.has_pagination = 1;
    p.page.page = s->echoes_asked ? asked : page;
    p.page.per_page = size;
    if (!s->no_totals) {
      p.page.total_pages = (s->total + size - 1) / size;
      p.page.total_results = s->total;
    }
  }
  return p;
}

/* Reads it all, at most 100000 pages. */
static int read_share(const server *s, thr_pager *p, thr_page_style style, long long first,
                      long long per_page, long long step) {
  told page;
  int verdict = MORE, n;
  share(p, style, first, per_page, step);
  for (n = 0; verdict == MORE && n < 100000; n++) {
    page = answer(s, p->next, per_page);
    verdict = feed(p, page);
  }
  return verdict;
}

static int read_all(const server *s, thr_pager *p, thr_page_style style, long long first,
                    long long per_page) {
  return read_share(s, p, style, first, per_page, 1);
}

int main(void) {
  thr_pager p;
  long long total, per_page;
  int i;

  CASE("pager: starts at the page it was given, never below 1") {
    start(&p, THR_PAGES_ENVELOPE, 5, 100);
    CHECK(p.next == 5 && p.pages == 0 && p.records == 0 && p.per_page == 100 && p.drop == 0);
    start(&p, THR_PAGES_ARRAY, 0, 100);
    CHECK(p.next == 1);
    start(&p, THR_PAGES_ARRAY, -3, 100);
    CHECK(p.next == 1);
  }

  CASE("pager: an envelope, a bare array and a guarded list are read whole, whatever their size") {
    static const thr_page_style styles[] = {THR_PAGES_ENVELOPE, THR_PAGES_ARRAY, THR_PAGES_GUARDED};
    for (i = 0; i < 3; i++)
      for (total = 0; total <= 13; total++)
        for (per_page = 1; per_page <= 6; per_page++) {
          server s = {0};
          long long want;
          s.total = total;
          s.envelope = styles[i] != THR_PAGES_ARRAY;
          CHECK(read_all(&s, &p, styles[i], 1, per_page) == END);
          CHECK(p.records == total && thr_pager_complete(&p, 0) == 1 && p.drop == 0);
          want = s.envelope ? (total + per_page - 1) / per_page : total / per_page + 1;
          CHECK(p.pages == (want > 1 ? want : 1));
        }
  }

  CASE("pager: an envelope endpoint that answers bare arrays follows the array rule, and the other way "
       "round") {
    for (total = 0; total <= 13; total++)
      for (per_page = 1; per_page <= 6; per_page++) {
        server s = {0};
        s.total = total;
        CHECK(read_all(&s, &p, THR_PAGES_ENVELOPE, 1, per_page) == END);
        CHECK(p.records == total && thr_pager_complete(&p, 0) == 1);
        s.envelope = 1;
        CHECK(read_all(&s, &p, THR_PAGES_ARRAY, 1, per_page) == END);
        CHECK(p.records == total && thr_pager_complete(&p, 0) == 1);
        CHECK(p.pages == (total > per_page ? (total + per_page - 1) / per_page : 1));
      }
  }

  CASE("pager: an envelope without totals follows the array rule, with the server's page size") {
    for (total = 0; total <= 13; total++)
      for (per_page = 1; per_page <= 6; per_page++) {
        server s = {0};
        s.total = total;
        s.envelope = s.no_totals = 1;
        s.max_per_page = 4; /* clamps: a page of 4 where 6 were asked for is not a short one */
        CHECK(read_all(&s, &p, THR_PAGES_ENVELOPE, 1, per_page) == END);
        CHECK(p.records == total && thr_pager_complete(&p, 0) == 1);
      }
  }

  CASE("pager: a page as long as was asked for is not short, whatever size the server claims") {
    static const thr_page_style styles[] = {THR_PAGES_ENVELOPE, THR_PAGES_ARRAY};
    for (i = 0; i < 2; i++) {
      start(&p, styles[i], 1, 5);
      CHECK(feed(&p, enveloped(1, 5, 11, 1, 1000000, -1, -1)) == MORE);
      CHECK(feed(&p, enveloped(2, 4, 12, 2, 1000000, -1, -1)) == END);
      CHECK(p.records == 9);
    }
  }

  CASE("pager: a server that clamps the page size is read whole by its totals") {
    server s = {0};
    s.total = 1000;
    s.envelope = 1;
    s.max_per_page = 100;
    CHECK(read_all(&s, &p, THR_PAGES_ENVELOPE, 1, 1000) == END);
    CHECK(p.records == 1000 && p.pages == 10 && thr_pager_complete(&p, 0) == 1);
  }

  CASE("pager: reading from a later page is complete without those before it") {
    static const thr_page_style styles[] = {THR_PAGES_ENVELOPE, THR_PAGES_GUARDED};
    for (i = 0; i < 2; i++) {
      server s = {0};
      s.total = 25;
      s.envelope = 1;
      CHECK(read_all(&s, &p, styles[i], 2, 10) == END);
      CHECK(p.records == 15 && p.pages == 2 && thr_pager_complete(&p, 0) == 1);
      CHECK(read_all(&s, &p, styles[i], 3, 10) == END);
      CHECK(p.records == 5 && thr_pager_complete(&p, 0) == 1);
      CHECK(read_all(&s, &p, styles[i], 9, 10) == END); /* beyond the end */
      CHECK(p.records == 0 && p.pages == 1 && thr_pager_complete(&p, 0) == 1);
    }
  }

  CASE("pager: an empty first page is the end") {
    for (i = THR_PAGES_ENVELOPE; i <= THR_PAGES_GUARDED; i++) {
      start(&p, (thr_page_style)i, 1, 100);
      CHECK(feed(&p, bare(1, 0, 0)) == END);
      CHECK(p.pages == 1 && p.records == 0 && p.drop == 0 && thr_pager_complete(&p, 0) == 1);
      start(&p, (thr_page_style)i, 1, 100);
      CHECK(feed(&p, enveloped(1, 0, 0, 1, 100, 0, 0)) == END);
      CHECK(thr_pager_complete(&p, 0) == 1);
      /* servers disagree on what to call the page of an empty list */
      start(&p, (thr_page_style)i, 1, 100);
      CHECK(feed(&p, enveloped(1, 0, 0, 0, 100, 0, 0)) == END);
      CHECK(thr_pager_complete(&p, 0) == 1);
    }
  }

  CASE("pager: an empty page ends an envelope that promised more, and that is not complete") {
    start(&p, THR_PAGES_ENVELOPE, 1, 20);
    CHECK(feed(&p, enveloped(1, 20, 11, 1, 20, 1720, 34223)) == MORE);
    CHECK(p.next == 2);
    CHECK(feed(&p, enveloped(2, 0, 0, 2, 20, 1720, 34223)) == END);
    CHECK(p.records == 20 && thr_pager_complete(&p, 0) == 0);
    start(&p, THR_PAGES_ENVELOPE, 1, 20);
    CHECK(feed(&p, enveloped(1, 0, 0, 1, 20, 5, 100)) == END);
    CHECK(thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: totals that contradict each other do not stop it") {
    /* more pages than the records fill: the empty page ends it */
    start(&p, THR_PAGES_ENVELOPE, 1, 2);
    CHECK(feed(&p, enveloped(1, 2, 11, 1, 2, 9, 3)) == MORE);
    CHECK(feed(&p, enveloped(2, 1, 12, 2, 2, 9, 3)) == MORE);
    CHECK(feed(&p, enveloped(3, 0, 0, 3, 2, 9, 3)) == END);
    CHECK(thr_pager_complete(&p, 0) == 1);
    /* fewer pages than the records need */
    start(&p, THR_PAGES_ENVELOPE, 1, 2);
    CHECK(feed(&p, enveloped(1, 2, 11, 1, 2, 1, 5)) == END);
    CHECK(thr_pager_complete(&p, 0) == 0);
    /* records but no pages */
    start(&p, THR_PAGES_ENVELOPE, 1, 2);
    CHECK(feed(&p, enveloped(1, 2, 11, 1, 2, 0, 0)) == END);
    CHECK(p.records == 2 && thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: more records than were ever announced are not complete either, unless they are doubles") {
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, 1, 10, 2, 18)) == MORE);
    CHECK(feed(&p, enveloped(2, 9, 12, 2, 10, 2, 18)) == END);
    CHECK(thr_pager_complete(&p, 0) == 0);
    CHECK(thr_pager_complete(&p, 1) == 1); /* one of them was met before */
    CHECK(thr_pager_complete(&p, 2) == 0);
  }

  CASE("pager: a page that was fed long ago and comes again is a loop") {
    start(&p, THR_PAGES_ARRAY, 1, 10);
    for (i = 1; i <= 30; i++)
      CHECK(feed(&p, bare(i, 10, (unsigned long long)i)) == MORE);
    CHECK(feed(&p, bare(31, 10, 12)) == LOOP);
  }

  CASE("pager: shares take every page once between them, and each knows when it is complete") {
    static const thr_page_style styles[] = {THR_PAGES_ENVELOPE, THR_PAGES_ARRAY, THR_PAGES_GUARDED};
    long long of, k, sum;
    for (i = 0; i < 3; i++)
      for (total = 0; total <= 23; total++)
        for (per_page = 1; per_page <= 6; per_page++)
          for (of = 2; of <= 5; of++) {
            server s = {0};
            s.total = total;
            s.envelope = styles[i] != THR_PAGES_ARRAY;
            for (k = 1, sum = 0; k <= of; k++) {
              CHECK(read_share(&s, &p, styles[i], k, per_page, of) == END);
              CHECK(thr_pager_complete(&p, 0) == 1);
              CHECK(p.records == 0 || thr_pager_complete(&p, 1) == !s.envelope);
              sum += p.records;
            }
            CHECK(sum == total);
          }
  }

  CASE("pager: of a guarded list that ignores the page only one share takes what came") {
    share(&p, THR_PAGES_GUARDED, 1, 5, 3);
    CHECK(feed(&p, enveloped(1, 7, 11, 1, 7, 1, 7)) == END && p.drop == 0 && p.records == 7);
    share(&p, THR_PAGES_GUARDED, 2, 5, 3);
    CHECK(feed(&p, enveloped(2, 7, 11, 1, 7, 1, 7)) == END && p.drop == 1 && p.records == 0);
    share(&p, THR_PAGES_GUARDED, 2, 5, 3);
    CHECK(feed(&p, bare(2, 7, 11)) == WRONG); /* nobody can tell */
  }

  CASE("pager: the largest total is a number like any other") {
    share(&p, THR_PAGES_ENVELOPE, 2, 1, 2);
    CHECK(feed(&p, enveloped(2, 1, 11, 2, 1, 3, LLONG_MAX)) == END);
    CHECK(thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: a short page in the middle of an envelope is not the end") {
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 7, 11, 1, 10, 3, 25)) == MORE);
    CHECK(feed(&p, enveloped(2, 10, 12, 2, 10, 3, 25)) == MORE);
    CHECK(feed(&p, enveloped(3, 5, 13, 3, 10, 3, 25)) == END);
    CHECK(p.records == 22 && thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: a list that became shorter while it was read is not whole, one that became longer is") {
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, 1, 10, 2, 20)) == MORE);
    CHECK(feed(&p, enveloped(2, 9, 12, 2, 10, 2, 19)) ==
          END); /* one of page 2 has left, or it has moved to page 1 */
    CHECK(thr_pager_complete(&p, 0) == 0);
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, 1, 10, 2, 20)) == MORE);
    CHECK(feed(&p, enveloped(2, 10, 12, 2, 10, 3, 21)) == MORE); /* it grew by a page */
    CHECK(feed(&p, enveloped(3, 1, 13, 3, 10, 3, 21)) == END);
    CHECK(p.records == 21 && thr_pager_complete(&p, 0) == 1);
    CHECK(thr_pager_complete(&p, 1) == 1); /* what was inserted pushed another one onto the next page */
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, 1, 10, 2, 20)) == MORE);
    CHECK(feed(&p, enveloped(2, 8, 12, 2, 10, 2, 19)) == END);
    CHECK(thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: another page than the one asked for is wrong, and not counted") {
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, 1, 10, 5, 50)) == MORE);
    CHECK(feed(&p, enveloped(2, 10, 13, 3, 10, 5, 50)) == WRONG);
    CHECK(p.records == 10 && p.pages == 1 && thr_pager_complete(&p, 0) == 0);
    start(&p, THR_PAGES_ENVELOPE, 3, 10);
    CHECK(feed(&p, enveloped(3, 10, 11, 1, 10, 5, 50)) == WRONG); /* `page` was ignored */
    start(&p, THR_PAGES_ARRAY, 3, 10);
    CHECK(feed(&p, enveloped(3, 10, 11, 1, 10, 5, 50)) == WRONG);
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, 0, 10, 5, 50)) == WRONG);
  }

  CASE("pager: a page whose number is not told is taken for the one asked for") {
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, -1, 10, 2, 15)) == MORE);
    CHECK(feed(&p, enveloped(2, 5, 12, -1, 10, 2, 15)) == END);
    CHECK(thr_pager_complete(&p, 0) == 1);
  }

  CASE("pager: pages fed out of order are wrong") {
    start(&p, THR_PAGES_ARRAY, 1, 10);
    CHECK(feed(&p, bare(2, 10, 11)) == WRONG);
    CHECK(thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: feeding after the end is wrong and changes nothing") {
    start(&p, THR_PAGES_ARRAY, 1, 10);
    CHECK(feed(&p, bare(1, 3, 11)) == END);
    CHECK(feed(&p, bare(1, 10, 12)) == WRONG);
    CHECK(feed(&p, bare(2, 10, 12)) == WRONG);
    CHECK(p.records == 3 && p.pages == 1 && thr_pager_complete(&p, 0) == 1);
  }

  CASE("pager: before the end nothing is complete") {
    start(&p, THR_PAGES_ARRAY, 1, 10);
    CHECK(thr_pager_complete(&p, 0) == 0);
    CHECK(feed(&p, bare(1, 10, 11)) == MORE);
    CHECK(thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: a server that sends the same full page for ever is a loop, seen on the second page") {
    server s = {0};
    s.total = 100;
    s.ignores_page = 1;
    CHECK(read_all(&s, &p, THR_PAGES_ARRAY, 1, 10) == LOOP);
    CHECK(p.pages == 1 && p.records == 10 && thr_pager_complete(&p, 0) == 0);
    s.envelope = s.echoes_asked = 1;
    CHECK(read_all(&s, &p, THR_PAGES_ENVELOPE, 1, 10) == LOOP);
    CHECK(p.pages == 1 && p.records == 10);
    s.echoes_asked = 0; /* honest about it: then it is the wrong page */
    CHECK(read_all(&s, &p, THR_PAGES_ENVELOPE, 1, 10) == WRONG);
  }

  CASE("pager: a server that goes round in circles is caught, whatever the circle") {
    for (i = 1; i <= 40; i++)
      for (per_page = 1; per_page <= 2; per_page++) {
        server s = {0};
        s.total = 1000;
        s.wraps = i;
        CHECK(read_all(&s, &p, THR_PAGES_ARRAY, 1, per_page) == LOOP);
        CHECK(p.pages <= 4 * (i + 1));
      }
  }

  CASE("pager: the same single record once more is a shift, three times in a row a loop") {
    start(&p, THR_PAGES_ARRAY, 1, 1);
    CHECK(feed(&p, bare(1, 1, 11)) == MORE);
    CHECK(feed(&p, bare(2, 1, 11)) == MORE); /* somebody was inserted in front */
    CHECK(feed(&p, bare(3, 1, 12)) == MORE);
    CHECK(feed(&p, bare(4, 1, 12)) == MORE);
    CHECK(feed(&p, bare(5, 1, 13)) == MORE);
    CHECK(feed(&p, bare(6, 1, 13)) == MORE);
    CHECK(feed(&p, bare(7, 1, 13)) == LOOP);
    start(&p, THR_PAGES_ARRAY, 1, 2);
    CHECK(feed(&p, bare(1, 2, 11)) == MORE);
    CHECK(feed(&p, bare(2, 2, 11)) == LOOP);
  }

  CASE("pager: records without ids are never a loop") {
    start(&p, THR_PAGES_ARRAY, 1, 10);
    for (i = 1; i <= 50; i++)
      CHECK(feed(&p, bare(i, 10, 0)) == MORE);
    CHECK(feed(&p, bare(51, 9, 0)) == END);
    CHECK(p.records == 509);
  }

  CASE("pager: when the page size is not known only an empty page ends an array") {
    for (per_page = -1; per_page <= 0; per_page++) {
      start(&p, THR_PAGES_ARRAY, 1, per_page);
      CHECK(feed(&p, bare(1, 10, 11)) == MORE);
      CHECK(feed(&p, bare(2, 1, 12)) == MORE);
      CHECK(feed(&p, bare(3, 0, 0)) == END);
      CHECK(p.records == 11 && thr_pager_complete(&p, 0) == 1);
    }
  }

  CASE("pager: more records than a page should hold do not end it") {
    start(&p, THR_PAGES_ARRAY, 1, 10);
    CHECK(feed(&p, bare(1, 12, 11)) == MORE);
    CHECK(feed(&p, bare(2, 10, 12)) == MORE);
    CHECK(feed(&p, bare(3, 9, 13)) == END);
  }

  CASE("pager: a list of mixed shapes is read on") {
    start(&p, THR_PAGES_ENVELOPE, 1, 10);
    CHECK(feed(&p, enveloped(1, 10, 11, 1, 10, 3, 25)) == MORE);
    CHECK(feed(&p, bare(2, 10, 12)) == MORE);
    CHECK(feed(&p, enveloped(3, 5, 13, 3, 10, 3, 25)) == END);
    CHECK(thr_pager_complete(&p, 0) == 1);
  }

  CASE("pager: guarded, a server that ignores the page has sent all with the first answer") {
    /* says so: it goes on calling its page 1 */
    start(&p, THR_PAGES_GUARDED, 1, 100);
    CHECK(feed(&p, enveloped(1, 7, 11, 1, 5, 2, 7)) == MORE);
    CHECK(feed(&p, enveloped(2, 7, 11, 1, 5, 2, 7)) == END);
    CHECK(p.drop == 1 && p.records == 7 && p.pages == 1 && thr_pager_complete(&p, 0) == 1);
    /* echoes the number and repeats the records */
    start(&p, THR_PAGES_GUARDED, 1, 100);
    CHECK(feed(&p, enveloped(1, 7, 11, 1, 5, 2, 7)) == MORE);
    CHECK(feed(&p, enveloped(2, 7, 11, 2, 5, 2, 7)) == END);
    CHECK(p.drop == 1 && p.records == 7 && thr_pager_complete(&p, 0) == 1);
    /* but when it announced more than it sent, that is told */
    start(&p, THR_PAGES_GUARDED, 1, 5);
    CHECK(feed(&p, enveloped(1, 5, 11, 1, 5, 2, 7)) == MORE);
    CHECK(feed(&p, enveloped(2, 5, 11, 1, 5, 2, 7)) == END);
    CHECK(p.drop == 1 && thr_pager_complete(&p, 0) == 0);
  }

  CASE("pager: guarded, without pagination one answer is all") {
    start(&p, THR_PAGES_GUARDED, 1, 5);
    CHECK(feed(&p, bare(1, 5, 11)) == END);
    CHECK(p.drop == 0 && p.records == 5 && thr_pager_complete(&p, 0) == 1);
    start(&p, THR_PAGES_GUARDED, 1, 5);
    CHECK(feed(&p, enveloped(1, 5, 11, 1, 5, -1, -1)) == END);
    CHECK(p.drop == 0 && p.records == 5);
  }

  CASE("pager: guarded, the first answer counts even under another number") {
    start(&p, THR_PAGES_GUARDED, 3, 5);
    CHECK(feed(&p, enveloped(3, 5, 11, 1, 5, 9, 45)) == END);
    CHECK(p.drop == 0 && p.records == 5 && p.pages == 1);
  }

  CASE("pager: the mark of a dropped page does not outlive it") {
    start(&p, THR_PAGES_GUARDED, 1, 5);
    CHECK(feed(&p, enveloped(1, 5, 11, 1, 5, 2, 7)) == MORE && p.drop == 0);
    CHECK(feed(&p, enveloped(2, 5, 11, 2, 5, 2, 7)) == END && p.drop == 1);
    CHECK(feed(&p, enveloped(3, 5, 12, 3, 5, 2, 7)) == WRONG && p.drop == 0);
  }

  CASE("pager: the largest page number ends, it does not overflow") {
    start(&p, THR_PAGES_ARRAY, LLONG_MAX, 10);
    CHECK(feed(&p, bare(LLONG_MAX, 10, 11)) == END);
    start(&p, THR_PAGES_ENVELOPE, LLONG_MAX, 10);
    CHECK(feed(&p, enveloped(LLONG_MAX, 10, 11, LLONG_MAX, 10, LLONG_MAX, LLONG_MAX)) == END);
    CHECK(thr_pager_complete(&p, 0) == 0); /* more than there can be */
    start(&p, THR_PAGES_ENVELOPE, LLONG_MAX / 10, 10);
    CHECK(feed(&p, enveloped(LLONG_MAX / 10, 1, 11, LLONG_MAX / 10, 10, 1, 0)) == END);
    CHECK(thr_pager_complete(&p, 0) == 0); /* more than there can be */
  }

  CASE("pager: a million records in pages of a thousand") {
    server s = {0};
    s.total = 1000000;
    s.envelope = 1;
    CHECK(read_all(&s, &p, THR_PAGES_ENVELOPE, 1, 1000) == END);
    CHECK(p.records == 1000000 && p.pages == 1000 && thr_pager_complete(&p, 0) == 1);
  }
  return check_done();
}
