package dev.neostream.clean.segment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * jieba's hidden Markov model of words the dictionary lacks: each character begins, continues or
 * ends a word or is one (B, M, E, S); Viterbi finds the likeliest tags. Emission probabilities come
 * from the jar of jieba's Java port; start and transition probabilities are those both ports share.
 */
final class CharacterTagger {

  // In the order of the letters B < E < M < S, which decides ties in the original.
  private static final int B = 0;
  private static final int E = 1;
  private static final int M = 2;
  private static final int S = 3;

  private static final double NEVER = -3.14e100;
  private static final char FIRST = '\u4E00';
  private static final char LAST = '\u9FD5';
  private static final double[] EMISSIONS = read("/prob_emit.txt");

  private byte[] previous = new byte[256];

  private static double[] read(String resource) {
    double[] emissions = new double[4 * (LAST - FIRST + 1)];
    Arrays.fill(emissions, NEVER);
    try (InputStream in = CharacterTagger.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "the class path must hold jieba's " + resource + " (com.huaban:jieba-analysis)");
      }
      var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      int tag = -1;
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.length() == 1) {
          tag = "BEMS".indexOf(line.charAt(0));
        } else if (line.length() > 2 && line.charAt(0) >= FIRST && line.charAt(0) <= LAST) {
          emissions[4 * (line.charAt(0) - FIRST) + tag] = Double.parseDouble(line.substring(2));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return emissions;
  }

  static boolean isHan(char c) {
    return c >= FIRST && c <= LAST;
  }

  /**
   * Appends the ends of the words in a run of Han characters.
   *
   * @return the new number of ends
   */
  int tag(char[] text, int from, int to, int[] ends, int count) {
    int length = to - from;
    if (previous.length < 4 * length) {
      previous = new byte[8 * length];
    }
    int at = 4 * (text[from] - FIRST);
    double b = -0.26268660809250016 + EMISSIONS[at + B];
    double e = NEVER + EMISSIONS[at + E];
    double m = NEVER + EMISSIONS[at + M];
    double s = -1.4652633398537678 + EMISSIONS[at + S];
    for (int i = 1; i < length; i++) {
      at = 4 * (text[from + i] - FIRST);
      double eb = e - 0.5897149736854513 + EMISSIONS[at + B];
      double sb = s - 0.7211965654669841 + EMISSIONS[at + B];
      double be = b - 0.510825623765990 + EMISSIONS[at + E];
      double me = m - 0.33344856811948514 + EMISSIONS[at + E];
      double bm = b - 0.916290731874155 + EMISSIONS[at + M];
      double mm = m - 1.2603623820268226 + EMISSIONS[at + M];
      double es = e - 0.8085250474669937 + EMISSIONS[at + S];
      double ss = s - 0.6658631448798212 + EMISSIONS[at + S];
      previous[4 * i + B] = (byte) (sb >= eb ? S : E);
      previous[4 * i + E] = (byte) (me >= be ? M : B);
      previous[4 * i + M] = (byte) (mm >= bm ? M : B);
      previous[4 * i + S] = (byte) (ss >= es ? S : E);
      b = Math.max(sb, eb);
      e = Math.max(me, be);
      m = Math.max(mm, bm);
      s = Math.max(ss, es);
    }
    // Backwards, each tag takes the place of the row it was found in.
    int tag = s >= e ? S : E;
    for (int i = length - 1; i >= 0; i--) {
      int before = previous[4 * i + tag];
      previous[4 * i] = (byte) tag;
      tag = before;
    }
    int end = from;
    for (int i = 0; i < length; i++) {
      int found = previous[4 * i];
      if (found == E || found == S) {
        end = from + i + 1;
        ends[count++] = end;
      }
    }
    if (end < to) {
      ends[count++] = to;
    }
    return count;
  }
}
