package dev.neostream.dedup.minhash;

import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.shingle.ShingleKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Two sets of random numbers that have so many in common. */
record SetPair(long[] a, long[] b, double jaccard) {

  /** Numbers as words, in shingles of one. */
  private static final ShingleKind ONE_WORD = new ShingleKind(ShingleKind.Unit.WORDS, 1);

  static SetPair random(int union, int common, long seed) {
    long[] all = new Random(seed).longs(union).distinct().map(number -> number >>> 1).toArray();
    int half = common + (union - common) / 2;
    long[] a = Arrays.copyOf(all, half);
    long[] b =
        LongStream.concat(Arrays.stream(all, 0, common), Arrays.stream(all, half, union)).toArray();
    return new SetPair(a, b, (double) common / union);
  }

  static Fingerprinter fingerprinter() {
    return new Fingerprinter(ONE_WORD);
  }

  static Fingerprint of(Fingerprinter fingerprinter, long[] set) {
    String text =
        Arrays.stream(set)
            .mapToObj(number -> Long.toString(number, 36))
            .collect(Collectors.joining(" "));
    return fingerprinter.of(text.getBytes(StandardCharsets.UTF_8));
  }

  Fingerprint[] fingerprints(Fingerprinter fingerprinter) {
    return new Fingerprint[] {of(fingerprinter, a), of(fingerprinter, b)};
  }
}
