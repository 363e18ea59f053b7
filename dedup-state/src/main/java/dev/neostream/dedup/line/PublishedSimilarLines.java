package dev.neostream.dedup.line;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Similar lines as MAP-Neo's published code has them, for comparison: sentences end behind {@code .
 * ! ? 。 ！ ？ \ … ] 】} and before {@code [ 【}, so at decimal points and in ellipses but not at line
 * ends; all pairs are compared. Quadratic in the sentences of a text. Sentences of more than 65,536
 * characters are similar to equal ones only: the distance of two takes their product in time.
 */
public final class PublishedSimilarLines {

  private static final String ENDS = ".!?。！？\\…]】";
  private static final int MAX_LENGTH = 1 << 16;
  private static final String STARTS = "[【";

  private final EditDistance distance = new EditDistance();

  /** Returns the text without sentences similar to an earlier one that stays. */
  public byte[] without(byte[] utf8) {
    int[] text = new String(utf8, UTF_8).codePoints().toArray();
    List<int[]> kept = new ArrayList<>();
    var out = new StringBuilder();
    for (int[] sentence : sentences(text)) {
      boolean similar = false;
      for (int i = 0; i < kept.size() && !similar; i++) {
        similar = isSimilar(kept.get(i), sentence);
      }
      if (!similar) {
        kept.add(sentence);
        out.append(new String(sentence, 0, sentence.length));
      }
    }
    return out.toString().getBytes(UTF_8);
  }

  private static List<int[]> sentences(int[] text) {
    List<int[]> sentences = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length; i++) {
      int end = ENDS.indexOf(text[i]) >= 0 ? i + 1 : STARTS.indexOf(text[i]) >= 0 ? i : start;
      if (end > start) {
        sentences.add(Arrays.copyOfRange(text, start, end));
        start = end;
      }
    }
    if (start < text.length) {
      sentences.add(Arrays.copyOfRange(text, start, text.length));
    }
    return sentences;
  }

  private boolean isSimilar(int[] a, int[] b) {
    if (a.length == b.length && Arrays.equals(a, b)) {
      return true;
    }
    int shorter = Math.min(a.length, b.length);
    int longer = Math.max(a.length, b.length);
    if ((longer - shorter) / (double) longer >= 0.3) {
      return false;
    }
    if (shorter <= 15 || longer > MAX_LENGTH) {
      return false;
    }
    int common = common(a, b);
    if (3 * common < shorter + longer - common) {
      return false;
    }
    distance.pattern(a, 0, a.length);
    return distance.atMost((int) (0.1 * longer), b, 0, b.length);
  }

  /** Returns the size of the multiset of characters that both have. */
  private static int common(int[] a, int[] b) {
    int[] left = a.clone();
    int[] right = b.clone();
    Arrays.sort(left);
    Arrays.sort(right);
    int common = 0;
    for (int i = 0, j = 0; i < left.length && j < right.length; ) {
      if (left[i] == right[j]) {
        common++;
        i++;
        j++;
      } else if (left[i] < right[j]) {
        i++;
      } else {
        j++;
      }
    }
    return common;
  }
}
