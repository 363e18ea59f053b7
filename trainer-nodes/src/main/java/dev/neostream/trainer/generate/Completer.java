package dev.neostream.trainer.generate;

import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.generate.CompletionChunk.Finish;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.KeyValueCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Continues texts, and says how likely they were. Equal requests give equal completions, also
 * sampled ones: the same seed is the same text. Keys and values of a text are cached while it is
 * completed, of one text at a time. A prompt that is scored is computed at once, without the cache,
 * so its numbers are {@link Decoder}'s. Confined to the thread that made it, as {@link Decoder} is.
 */
public final class Completer implements AutoCloseable {

  /** Logits held at once while a prompt is scored: 64 MiB. */
  private static final int MAX_LOGITS = 1 << 24;

  private final Decoder decoder;
  private final Tokenizer tokenizer;

  /** Completes with a decoder's current parameters; closing closes it. */
  public Completer(Decoder decoder, Tokenizer tokenizer) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a stored model.
   *
   * @param threads as for {@link Decoder}
   * @throws IOException if its parameters cannot be read or are not as they were written
   */
  public static Completer open(StoredModel model, int threads) throws IOException {
    return new Completer(model.decoder(threads), model.tokenizer());
  }

  /**
   * Hands out a completion chunk by chunk and returns how many tokens were generated.
   *
   * @param next returns whether to go on
   * @throws IllegalArgumentException if the prompt is longer than the model's context or holds an
   *     id outside the vocabulary
   * @throws ArithmeticException if the model answers with numbers that are not finite
   */
  public int complete(CompletionRequest request, Predicate<CompletionChunk> next) {
    int[] prompt = request.prompt();
    int context = decoder.config().maxSequence();
    if (prompt.length > context) {
      throw new IllegalArgumentException(
          "a prompt must fit the model's context: tokens="
              + prompt.length
              + ", context="
              + context);
    }
    try (KeyValueCache cache = decoder.cache()) {
      return complete(request, cache, next);
    }
  }

  private int complete(
      CompletionRequest request, KeyValueCache cache, Predicate<CompletionChunk> next) {
    int[] prompt = request.prompt();
    var text = new TextStream(tokenizer, request.stop(), request.echo());
    float[] logits = prompt(request, cache, text, next);
    if (logits == null) {
      return 0;
    }
    // The last token need not be read, so one more than the context can be generated.
    int most = Math.min(request.maxTokens(), decoder.config().maxSequence() + 1 - prompt.length);
    int[] ids = Arrays.copyOf(prompt, prompt.length + most);
    var sampler = new Sampler(request.sampling());
    int count = 0;
    boolean ended = false;
    while (count < most && !ended) {
      int length = prompt.length + count;
      if (count > 0) {
        // A prompt that was scored is not in the cache.
        logits =
            finite(
                cache.length() == 0
                    ? cache.prefill(Arrays.copyOf(ids, length))
                    : cache.decode(ids[length - 1]));
      }
      ids[length] = sampler.next(logits);
      count++;
      List<ScoredToken> tokens = List.of();
      if (request.logProbabilities().isPresent()) {
        tokens = List.of(scored(ids[length], text.position(), logits, request));
      }
      String shown = text.add(ids[length]);
      ended = text.stopped() || ids[length] == tokenizer.endOfDocument();
      if (!goOn(shown, tokens, next)) {
        return count;
      }
    }
    String rest = text.end();
    Finish finish = ended || text.stopped() ? Finish.STOP : Finish.LENGTH;
    next.test(new CompletionChunk(rest, List.of(), Optional.of(finish)));
    return count;
  }

  /** Hands out the prompt and returns the logits of what follows it, null if that is not wanted. */
  private float[] prompt(
      CompletionRequest request,
      KeyValueCache cache,
      TextStream text,
      Predicate<CompletionChunk> next) {
    int[] prompt = request.prompt();
    var shown = new StringBuilder();
    List<ScoredToken> tokens = new ArrayList<>();
    float[] before = null;
    if (request.echo() && request.logProbabilities().isPresent()) {
      int slice = Math.max(1, MAX_LOGITS / decoder.config().vocabSize());
      for (int from = 0; from < prompt.length; from += slice) {
        int[] positions = new int[Math.min(slice, prompt.length - from)];
        int first = from;
        Arrays.setAll(positions, i -> first + i);
        float[][] logits = decoder.logits(prompt, positions);
        for (int i = 0; i < positions.length; i++) {
          tokens.add(scored(prompt[from + i], text.position(), before, request));
          shown.append(text.prompt(prompt[from + i]));
          before = finite(logits[i]);
        }
      }
    } else {
      before = finite(cache.prefill(prompt));
      for (int id : prompt) {
        shown.append(text.prompt(id));
      }
    }
    return goOn(shown.toString(), tokens, next) ? before : null;
  }

  private static boolean goOn(
      String shown, List<ScoredToken> tokens, Predicate<CompletionChunk> next) {
    return shown.isEmpty() && tokens.isEmpty()
        || next.test(new CompletionChunk(shown, tokens, Optional.empty()));
  }

  /**
   * @param before logits that predicted the id; null where nothing did
   */
  private ScoredToken scored(int id, int offset, float[] before, CompletionRequest request) {
    String token = tokenizer.vocabulary().piece(id);
    if (before == null) {
      return new ScoredToken(token, offset, Optional.empty());
    }
    LogProbabilities all = LogProbabilities.of(before);
    Map<String, Double> top = new LinkedHashMap<>();
    for (int likely : all.likeliest(request.logProbabilities().orElseThrow())) {
      // A user piece may be written as a control piece is; then the likelier of the two stays.
      top.putIfAbsent(tokenizer.vocabulary().piece(likely), all.of(likely));
    }
    top.putIfAbsent(token, all.of(id));
    return new ScoredToken(token, offset, Optional.of(new ScoredToken.Score(all.of(id), top)));
  }

  private static float[] finite(float[] logits) {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new ArithmeticException("a model's logits must be finite: logit=" + logit);
      }
    }
    return logits;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
