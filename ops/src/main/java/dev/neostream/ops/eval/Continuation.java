package dev.neostream.ops.eval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ids of which the last are to be scored: what is asked of a model for one continuation of a
 * context.
 *
 * @param ids context, then continuation
 * @param scored how many ids the continuation has, at least 1 and fewer than all
 * @param truncated whether ids of the context were left out, from the left, to fit the model
 */
record Continuation(int[] ids, int scored, boolean truncated) {

  /**
   * Returns the ids of a continuation after a context, as lm-evaluation-harness makes them ({@code
   * TemplateLM._encode_pair} and {@code loglikelihood}): white space that ends the context is the
   * continuation's, both are encoded as one text, and what the context alone does not have is the
   * continuation. After no context at all stands the model's prefix. Where both are longer than the
   * model's context, ids are dropped on the left.
   *
   * @throws IllegalArgumentException if the continuation has no id of its own, or too many for one
   *     of the context to stay
   */
  static Continuation of(LanguageModel model, String context, String continuation)
      throws IOException, InterruptedException {
    int end = context.length();
    while (end > 0 && isSpace(context.charAt(end - 1))) {
      end--;
    }
    int[] before = end == 0 ? new int[0] : model.encode(context.substring(0, end));
    // A context of white space alone has no id to stand before: it begins the text itself.
    int[] whole = model.encode(context + continuation);
    int scored = whole.length - before.length;
    if (scored < 1) {
      throw new IllegalArgumentException(
          "a continuation must add a token to its context: continuation=`"
              + continuation
              + "`, tokens of both="
              + whole.length
              + ", of the context="
              + before.length
              + "; put a space between them");
    }
    if (before.length > 0) {
      return fit(model, whole, scored);
    }
    return fit(model, prefixed(model, whole), scored);
  }

  /**
   * Cuts a text into windows in which each of its ids is scored once, as lm-evaluation-harness does
   * ({@code get_rolling_token_windows} with one id of context, {@code make_disjoint_window}): the
   * first begins with the model's prefix, each later one with the id before; the last reaches back
   * as far as the model's context does.
   *
   * @throws IllegalArgumentException if the text is empty
   */
  static List<Continuation> windows(LanguageModel model, String text)
      throws IOException, InterruptedException {
    int[] ids = prefixed(model, model.encode(text));
    if (ids.length < 2) {
      throw new IllegalArgumentException("a text must not be empty");
    }
    List<Continuation> windows = new ArrayList<>();
    int most = model.context();
    int from = 1;
    while (from < ids.length) {
      int to = Math.min(ids.length, from + most - 1);
      windows.add(
          new Continuation(Arrays.copyOfRange(ids, Math.max(0, to - most), to), to - from, false));
      from = to;
    }
    return windows;
  }

  /** Returns the sum of the continuation's log-probabilities, nats, first to last. */
  double logProbability(LanguageModel model) throws IOException, InterruptedException {
    double[] all = model.logProbabilities(ids);
    double sum = 0;
    for (int i = all.length - scored; i < all.length; i++) {
      sum += all[i];
    }
    return sum;
  }

  private static int[] prefixed(LanguageModel model, int[] ids) {
    int[] prefixed = new int[ids.length + 1];
    prefixed[0] = model.prefix();
    System.arraycopy(ids, 0, prefixed, 1, ids.length);
    return prefixed;
  }

  private static Continuation fit(LanguageModel model, int[] ids, int scored) {
    int most = model.context();
    if (scored >= most) {
      throw new IllegalArgumentException(
          "a continuation must be shorter than the model's context: tokens="
              + scored
              + ", context="
              + most);
    }
    return new Continuation(
        Arrays.copyOfRange(ids, Math.max(0, ids.length - most), ids.length),
        scored,
        ids.length > most);
  }

  /** What Python's {@code str.isspace} holds for. */
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
