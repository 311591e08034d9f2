/* pager.c — which page next, is it the end, is it a loop, is it complete. Pure: counts and fingerprints
** only. Must not include lua.h. Cannot fail. */
#include "pager.h"

#include <limits.h>
#include <string.h>

void thr_pager_init(thr_pager *p, thr_page_style style, long long first_page, long long per_page) {
  memset(p, 0, sizeof *p);
  p->style = style;
  p->per_page = per_page;
  p->first = p->next = first_page < 1 ? 1 : first_page;
  p->old_at = 1;
}

/* Has this page been here before? Compared with the page before and with one further back whose distance
** doubles (Brent): any cycle is found, with two words of memory. */
static int seen_before(thr_pager *p, const thr_page *page) {
  if (p->pages == 0 || page->fingerprint == 0)
    return 0;
  if (page->fingerprint != p->last_print) {
    p->repeats = 0;
    return page->fingerprint == p->old_print;
  }
  p->repeats++;
  return page->count > 1 || p->repeats > 1;
}

static void take(thr_pager *p, const thr_page *page) {
  p->pages++;
  p->records += page->count > 0 ? page->count : 0;
  p->last_print = page->fingerprint;
  if (p->pages == p->old_at) {
    p->old_print = page->fingerprint;
    p->old_at *= 2;
  }
  if (!page->has_pagination)
    return;
  if (page->total_results >= 0) {
    if (!p->announced || page->total_results < p->total_min)
      p->total_min = page->total_results;
    p->announced = 1;
  }
}

/* Is this, taken on its own word, the last page? */
static int is_last(const thr_pager *p, const thr_page *page) {
  long long per_page = p->per_page;
  if (p->style == THR_PAGES_NONE || page->asked == LLONG_MAX)
    return 1;
  if (page->has_pagination && page->total_pages >= 0)
    return page->asked >= page->total_pages;
  if (p->style == THR_PAGES_GUARDED)
    return 1; /* nothing says that there is more */
  if (page->has_pagination && page->per_page > 0)
    per_page = page->per_page; /* the server may have clamped what was asked for */
  return page->count < per_page;
}

static thr_page_verdict finish(thr_pager *p, thr_page_verdict v) {
  p->ended = v == THR_PAGE_END ? 1 : -1;
  return v;
}

thr_page_verdict thr_pager_feed(thr_pager *p, const thr_page *page) {
  int other, again;
  p->drop = 0;
  if (p->ended != 0)
    return THR_PAGE_WRONG;
  if (page->asked != p->next)
    return finish(p, THR_PAGE_WRONG);
  if (page->count <=
      0) { /* whatever page the server calls it: there is nothing in it, and nothing after it */
    take(p, page);
    return finish(p, THR_PAGE_END);
  }
  other = page->has_pagination && page->page >= 0 && page->page != page->asked;
  if (p->style == THR_PAGES_GUARDED || p->style == THR_PAGES_NONE) {
    /* A server that ignores `page` has sent all it has with the first answer; a later one only repeats
    ** it. */
    again = seen_before(p, page);
    if (p->pages > 0 && (other || again)) {
      p->drop = 1;
      return finish(p, THR_PAGE_END);
    }
    take(p, page);
    if (other || is_last(p, page))
      return finish(p, THR_PAGE_END);
  } else {
    if (other)
      return finish(p, THR_PAGE_WRONG);
    if (seen_before(p, page))
      return finish(p, THR_PAGE_LOOP);
    take(p, page);
    if (is_last(p, page))
      return finish(p, THR_PAGE_END);
  }
  p->next = page->asked + 1;
  return THR_PAGE_MORE;
}

int thr_pager_complete(const thr_pager *p) {
  long long skipped;
  if (p->ended != 1)
    return 0;
  if (!p->announced)
    return 1;
  skipped = p->first - 1;
  if (skipped > 0) {
    if (p->per_page <= 0 || skipped > LLONG_MAX / p->per_page)
      return 1; /* nobody can tell how many records lie before the first page */
    skipped *= p->per_page;
  }
  return p->records >= p->total_min - skipped;
}
