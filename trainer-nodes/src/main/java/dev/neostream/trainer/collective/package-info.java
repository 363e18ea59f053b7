/**
 * Sums over ranks that are bit-identical on every rank: a ring reduce-scatter followed by a ring
 * all-gather, over a transport that only moves frames to the next rank.
 *
 * <p>Start with {@link dev.neostream.trainer.collective.RingAllReduce}; the frames are drawn in
 * {@code Frame}.
 */
package dev.neostream.trainer.collective;
