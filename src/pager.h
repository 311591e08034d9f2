/* pager.h — which page next, is it the end, is it a loop, is it complete. Pure: sees counts and a
** fingerprint, never records, and asks for nothing itself. Must not include lua.h.
**
** Use: init; ask for p->next; describe the answer in a thr_page; feed; until the verdict is not MORE. Pages
** that were asked for ahead of time are fed in order. A page whose verdict is LOOP or WRONG, or after which
** p->drop is set, holds nothing to hand on. A share of a list takes every step-th page. */
#ifndef THR_PAGER_H
#define THR_PAGER_H

typedef enum thr_page_style {
  THR_PAGES_ENVELOPE, /* {results, pagination}: the end is page >= totalPages, or an empty page */
  THR_PAGES_ARRAY,    /* a bare array: the end is a page that is shorter than perPage */
  /* An envelope of a server that may ignore `page` (tags): goes on only while it answers the page asked for and
  ** page < totalPages; a page that repeats, or is another one, is the quiet end. */
  THR_PAGES_GUARDED
} thr_page_style;

/* One answer. Numbers that are absent are -1. */
typedef struct thr_page {
  long long asked; /* the page number that was sent: p->next */
  long long count; /* records in it */
  int has_pagination;
  long long page, per_page, total_pages, total_results; /* of `pagination` */
  int seen; /* a page of the same records in the same order was fed before */
} thr_page;

typedef struct thr_pager {
  thr_page_style style;
  long long
      per_page; /* sent, or the endpoint's default; <= 0 = unknown (then only an empty page ends an array) */
  long long next;    /* the page to ask for; after MORE */
  long long pages;   /* pages taken */
  long long records; /* records in them */
  int drop; /* 1: the page just fed (verdict END) repeats what was handed on before: skip its records */
  /* Private. */
  long long first, step, sent_per_page;
  int ended;
  int announced;                    /* some page told total_results */
  long long total_first, total_max; /* announced at first, and at most: the tenant may change while we read */
  int repeats;                      /* single-record pages in a row that repeat */
} thr_pager;

typedef enum thr_page_verdict {
  THR_PAGE_MORE,
  THR_PAGE_END,
  THR_PAGE_LOOP, /* a page came that has been there before: the server does not page (an error) */
  THR_PAGE_WRONG /* not the page asked for (an error) */
} thr_page_verdict;

/* Starts at first_page (below 1 counts as 1) and takes every step-th page (1 = all; below 1 counts as 1). Nothing to
** free. */
void thr_pager_init(thr_pager *p, thr_page_style style, long long first_page, long long per_page,
                    long long step);

/* Takes the next page in and says how to go on; updates p->next. Lenient: an envelope endpoint that answers
** a bare array follows the array rule, and the other way round; totals that contradict each other never
** stop it (they show in thr_pager_complete). A page of one record must repeat twice in a row to be a loop,
** for one record inserted in front of it moves it to the next page. After END, LOOP or WRONG feeding again
** gives WRONG and changes nothing. */
thr_page_verdict thr_pager_feed(thr_pager *p, const thr_page *page);

/* After END: 1 when as many records came as the server announced, or when it announced nothing; 0 when fewer came than
** it announced at first, or more than the most on any page. A list that becomes shorter while it is read moves records
** from pages to come to pages that were read, where nobody sees them: fewer than at first is never the whole. Of a list that was begun in its middle, or of a share,
** only the pages asked for count. `dropped`: records that the caller has met before and thrown away. 0 before END and
** after LOOP or WRONG. */
int thr_pager_complete(const thr_pager *p, long long dropped);

#endif
