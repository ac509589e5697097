// SPDX-License-Identifier: Apache-2.0
/*
 * A plain bitmap on the conversion patterns of gmembench.jmh.Conversions: the bridge between figures
 * of the kernel's structures in C, which were measured against such a bitmap, and ours in Java.
 *
 *   gcc -O2 -o bitmap bitmap.c && ./bitmap ROUNDS
 *
 * Prints for each pattern the fastest round's ns for one set, as CSV.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GIB (1UL << 18) /* in pages */

struct set {
	uint64_t gfn;
	uint32_t pages;
	uint32_t shared;
};

static uint64_t *words;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000UL + ts.tv_nsec;
}

static void put(uint64_t word, uint64_t mask, int shared)
{
	if (shared)
		words[word] |= mask;
	else
		words[word] &= ~mask;
}

/* Not inlined: a tracker is called through a function in the kernel too. */
static __attribute__((noinline)) void set(uint64_t gfn, uint64_t pages, int shared)
{
	uint64_t first = gfn >> 6, last = (gfn + pages - 1) >> 6;
	uint64_t head = ~0UL << (gfn & 63), tail = ~0UL >> (-(gfn + pages) & 63);

	if (first == last) {
		put(first, head & tail, shared);
		return;
	}
	put(first, head, shared);
	memset(words + first + 1, shared ? 0xff : 0, (last - first - 1) * 8);
	put(last, tail, shared);
}

/* 64 ranges of 1 or 2 pages are live at any time. */
static size_t live_ranges(struct set *sets)
{
	enum { FLIPS = 4096, LIVE = 64 };
	static uint64_t start[FLIPS];
	uint64_t x = 64;
	size_t n = 0;

	for (int i = 0; i < FLIPS; i++) {
		x = x * 6364136223846793005UL + 1442695040888963407UL;
		start[i] = (x >> 33) % (GIB - 1);
	}
	for (int i = 0; i < FLIPS; i++) {
		int oldest = (i - LIVE) & (FLIPS - 1);

		sets[n++] = (struct set){ start[oldest], 1 + oldest % 2, 0 };
		sets[n++] = (struct set){ start[i], 1 + i % 2, 1 };
	}
	return n;
}

/* Every so many pages some are shared, then all are made private again. */
static size_t play_strided(uint64_t guest, uint64_t stride, uint64_t pages)
{
	for (int shared = 1; shared >= 0; shared--)
		for (uint64_t gfn = 0; gfn < guest; gfn += stride)
			set(gfn, pages, shared);
	return 2 * guest / stride;
}

static size_t play_live(void)
{
	static struct set sets[2 * 4096];
	static size_t n;

	if (!n)
		n = live_ranges(sets);
	for (size_t i = 0; i < n; i++)
		set(sets[i].gfn, sets[i].pages, sets[i].shared);
	return n;
}

static size_t play(int pattern)
{
	switch (pattern) {
	case 0:
		return play_live();
	case 1:
		return play_strided(64 * GIB, 1024, 512);
	default:
		return play_strided(16 * GIB, 2, 1);
	}
}

static void run(const char *name, int pattern, int rounds)
{
	double best = 1e18;

	for (int round = 0; round < rounds; round++) {
		uint64_t start = now_ns();
		size_t n = 0;

		do
			n += play(pattern);
		while (n < 200000);
		double ns = (double)(now_ns() - start) / n;

		if (ns < best)
			best = ns;
	}
	printf("%s,%.2f\n", name, best);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 50;

	words = calloc(64 * GIB / 64, 8);
	if (!words || rounds < 1) {
		fprintf(stderr, "usage: bitmap ROUNDS\n");
		return 2;
	}
	printf("workload,ns_per_op\n");
	run("live-ranges", 0, rounds);
	run("bulk-share", 1, rounds);
	run("alternating-pages", 2, rounds);
	return 0;
}
