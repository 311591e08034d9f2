/* pager.c — which page next, is it the end, is it a loop, is it complete. Pure: counts
** only. Must not include lua.h. Cannot fail. */
#include "pager.h"

#include <limits.h>
#include <string.h>

void thr_pager_init(thr_pager *p, thr_page_style style, long long first_page, long long per_page,
                    long long step) {
  memset(p, 0, sizeof *p);
  p->style = style;
  p->per_page = p->sent_per_page = per_page;
  p->first = p->next = first_page < 1 ? 1 : first_page;
  p->step = step < 1 ? 1 : step;
}

/* Does the server go round in circles? */
static int goes_round(thr_pager *p, const thr_page *page) {
  if (!page->seen) {
    p->repeats = 0;
    return 0;
  }
  p->repeats++;
  return page->count > 1 || p->repeats > 1;
}

static void take(thr_pager *p, const thr_page *page) {
  p->pages++;
  p->records += page->count > 0 ? page->count : 0;
  if (!page->has_pagination)
    return;
  if (page->per_page > 0)
    p->per_page = page->per_page; /* the server may have clamped what was asked for */
  if (page->total_results >= 0) {
    if (!p->announced)
      p->total_first = page->total_results;
    if (!p->announced || page->total_results > p->total_max)
      p->total_max = page->total_results;
    p->announced = 1;
  }
}

/* Is this, taken on its own word, the last page? */
static int is_last(const thr_pager *p, const thr_page *page) {
  if (page->asked > LLONG_MAX - p->step)
    return 1;
  if (page->has_pagination && page->total_pages >= 0)
    return page->asked > page->total_pages - p->step;
  if (p->style == THR_PAGES_GUARDED)
    return 1; /* nothing says that there is more */
  /* A page as long as was asked for is full, however large the server says that its pages are. */
  return page->count < p->per_page && (p->sent_per_page <= 0 || page->count < p->sent_per_page);
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
  if (p->style == THR_PAGES_GUARDED) {
    /* A server that ignores `page` has sent all it has with the first answer; a later one only repeats
    ** it. The share that holds page 1 is the one that takes it then, so the others must be sure. */
    again = goes_round(p, page);
    if (p->step > 1 && p->first > 1 && !page->has_pagination)
      return finish(p, THR_PAGE_WRONG);
    if ((p->pages > 0 || (p->step > 1 && p->first > 1)) && (other || again)) {
      p->drop = 1;
      return finish(p, THR_PAGE_END);
    }
    take(p, page);
    if (other || is_last(p, page))
      return finish(p, THR_PAGE_END);
  } else {
    if (other)
      return finish(p, THR_PAGE_WRONG);
    if (goes_round(p, page))
      return finish(p, THR_PAGE_LOOP);
    take(p, page);
    if (is_last(p, page))
      return finish(p, THR_PAGE_END);
  }
  p->next = page->asked + p->step;
  return THR_PAGE_MORE;
}

/* How many of `total` records are on the pages of this share, from `first` on; -1 when nobody can tell. */
static long long expected(const thr_pager *p, long long total) {
  long long size = p->per_page, whole, pages, n;
  if (p->first == 1 && p->step == 1)
    return total;
  if (size <= 0)
    return -1;
  whole = total / size; /* full pages of the list, then perhaps one that is not */
  pages = whole < p->first ? 0 : (whole - p->first) / p->step + 1;
  n = pages * size;
  if (whole >= p->first - 1 && (whole - (p->first - 1)) % p->step == 0)
    n += total % size; /* the page after the full ones is ours */
  return n;
}

int thr_pager_complete(const thr_pager *p, long long dropped) {
  long long least, most, came = p->records - dropped;
  if (p->ended != 1)
    return 0;
  if (!p->announced)
    return 1;
  least = expected(p, p->total_first);
  most = expected(p, p->total_max);
  return least < 0 || (came >= least && came <= most);
}
