package dev.neostream.trainer.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.trainer.generate.CompletionChunk.Finish;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.NativeMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CompleterTest {

  private static final int CONTEXT = 12;

  private static final Tokenizer TOKENIZER =
      new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b", "c")), false);

  private static Decoder decoder;
  private static Completer completer;

  @BeforeAll
  static void open() {
    decoder =
        new Decoder(
            new ModelConfig(TOKENIZER.vocabSize(), 16, 2, 2, 1, 8, 16, CONTEXT, 10_000, 1e-5), 1);
    decoder.initialize(3);
    // A starting model finds all ids equally likely; a larger head has opinions.
    var head = decoder.parameters(decoder.layout().segments().size() - 1).asFloatBuffer();
    for (int i = 0; i < head.limit(); i++) {
      head.put(i, head.get(i) * 20);
    }
    completer = new Completer(decoder, TOKENIZER);
  }

  @AfterAll
  static void close() {
    completer.close();
  }

  private static CompletionRequest request(
      int[] prompt, int maxTokens, Sampling sampling, boolean echo, OptionalInt scores) {
    return new CompletionRequest(prompt, maxTokens, sampling, List.of(), echo, scores);
  }

  private static List<CompletionChunk> complete(CompletionRequest request) {
    List<CompletionChunk> chunks = new ArrayList<>();
    completer.complete(request, chunks::add);
    return chunks;
  }

  private static String text(List<CompletionChunk> chunks) {
    return chunks.stream().map(CompletionChunk::text).collect(Collectors.joining());
  }

  private static List<ScoredToken> tokens(List<CompletionChunk> chunks) {
    return chunks.stream().flatMap(chunk -> chunk.tokens().stream()).toList();
  }

  /** Returns log softmax of the logits at a position, straight from the definition. */
  private static double logProbability(int[] ids, int position) {
    float[] logits = decoder.logits(Arrays.copyOf(ids, position));
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return Math.log(Math.exp(logits[ids[position]]) / sum);
  }

  @Test
  void shouldScorePromptAndOneMoreTokenAsEvaluationAsksFor() {
    int[] prompt = TOKENIZER.encode("abcab\u4E2Dc");

    List<CompletionChunk> chunks =
        complete(request(prompt, 1, Sampling.GREEDY, true, OptionalInt.of(1)));

    List<ScoredToken> tokens = tokens(chunks);
    assertEquals(prompt.length + 1, tokens.size());
    assertTrue(tokens.get(0).score().isEmpty());
    for (int i = 1; i < prompt.length; i++) {
      ScoredToken token = tokens.get(i);
      double own = token.score().orElseThrow().logProbability();
      assertEquals(logProbability(prompt, i), own, 1e-4);
      float[] logits = decoder.logits(Arrays.copyOf(prompt, i));
      int best = Sampling.likeliest(logits);
      String bestPiece = TOKENIZER.vocabulary().piece(best);
      Map<String, Double> top = token.score().orElseThrow().top();
      assertEquals(top.keySet().iterator().next(), bestPiece);
      assertEquals(own, top.get(token.token()));
      assertEquals(best == prompt[i], own == Collections.max(top.values()));
      assertEquals(best == prompt[i] ? 1 : 2, top.size());
    }
    ScoredToken last = tokens.get(prompt.length);
    assertEquals(
        last.score().orElseThrow().logProbability(),
        last.score().orElseThrow().top().get(last.token()));
    assertEquals(1, last.score().orElseThrow().top().size(), "greedy takes the likeliest");
    assertTrue(text(chunks).startsWith("abcab\u4E2Dc"));
    assertEquals(
        List.of(0, 2, 3, 5, 5, 5, 6, 7), tokens.stream().map(ScoredToken::offset).toList());
    assertEquals("<0xE4>", tokens.get(3).token());
  }

  /** The cache adds in another order; what is echoed must not go through it. */
  @Test
  void shouldScoreAnEchoedPromptByTheWholeTextToTheLastBit() {
    int[] prompt = TOKENIZER.encode("abcab");
    int[] positions = IntStream.range(0, prompt.length).toArray();

    List<ScoredToken> tokens =
        tokens(complete(request(prompt, 6, Sampling.GREEDY, true, OptionalInt.of(1))));

    float[][] logits = decoder.logits(prompt, positions);
    int[] ids = Arrays.copyOf(prompt, tokens.size());
    for (int i = 1; i <= prompt.length; i++) {
      LogProbabilities expected = LogProbabilities.of(logits[i - 1]);
      ids[i] = i < prompt.length ? prompt[i] : Sampling.likeliest(logits[i - 1]);
      assertEquals(expected.of(ids[i]), tokens.get(i).score().orElseThrow().logProbability());
    }
    for (int i = prompt.length + 1; i < ids.length; i++) {
      ids[i] = Sampling.likeliest(decoder.logits(Arrays.copyOf(ids, i)));
      assertEquals(TOKENIZER.vocabulary().piece(ids[i]), tokens.get(i).token());
      assertEquals(
          logProbability(ids, i), tokens.get(i).score().orElseThrow().logProbability(), 1e-5);
    }
    assertTrue(ids.length > prompt.length + 1, "some tokens must come from the cache");
  }

  @Test
  void shouldKeepNothingOfACompletionHoweverItEnds() {
    int open = NativeMemory.openArrays(decoder);
    int[] prompt = TOKENIZER.encode("ab");
    CompletionRequest scored = request(prompt, 8, Sampling.GREEDY, true, OptionalInt.of(1));
    CompletionRequest plain = request(prompt, 8, Sampling.GREEDY, false, OptionalInt.of(0));

    completer.complete(plain, chunk -> true);
    completer.complete(scored, chunk -> true);
    for (CompletionRequest request : List.of(plain, scored)) {
      for (int wanted = 1; wanted < 5; wanted++) {
        int last = wanted;
        var count = new AtomicInteger();
        completer.complete(request, chunk -> count.incrementAndGet() < last);
      }
      assertThrows(
          IllegalStateException.class,
          () ->
              completer.complete(
                  request,
                  chunk -> {
                    assertTrue(NativeMemory.openArrays(decoder) > open, "a cache is in use");
                    throw new IllegalStateException("the reader failed");
                  }));
    }

    assertEquals(open, NativeMemory.openArrays(decoder));
  }

  @Test
  void shouldScoreThePromptAloneIfNothingIsToBeGenerated() {
    int[] prompt = TOKENIZER.encode("abc");

    List<CompletionChunk> chunks =
        complete(request(prompt, 0, Sampling.GREEDY, true, OptionalInt.of(0)));

    assertEquals("abc", text(chunks));
    assertEquals(prompt.length, tokens(chunks).size());
    // With none of the likeliest asked for, the token itself remains.
    assertEquals(
        List.of("c"), List.copyOf(tokens(chunks).get(1).score().orElseThrow().top().keySet()));
    assertEquals(Finish.LENGTH, chunks.get(chunks.size() - 1).finish().orElseThrow());
  }

  @Test
  void shouldGenerateWhatTheGeneratorDoes() {
    int[] prompt = TOKENIZER.encode("ab");
    int[] expected = new Generator(decoder).generate(prompt, 8, .7, 11);
    int end = indexOf(expected, TOKENIZER.endOfDocument());
    int[] until = end < 0 ? expected : Arrays.copyOf(expected, end + 1);

    List<CompletionChunk> chunks =
        complete(request(prompt, 8, new Sampling(.7, 0, 1, 11), false, OptionalInt.of(0)));

    assertArrayEquals(
        Arrays.stream(until).mapToObj(TOKENIZER.vocabulary()::piece).toArray(),
        tokens(chunks).stream().map(ScoredToken::token).toArray());
    assertEquals(TOKENIZER.decode(until), text(chunks));
  }

  private static int indexOf(int[] ids, int id) {
    return Arrays.stream(ids).boxed().toList().indexOf(id);
  }

  @Test
  void shouldFillTheContextAndThenSayThatItIsTheLength() {
    int[] full = new int[CONTEXT];
    Arrays.fill(full, TOKENIZER.encode("a")[0]);

    int one =
        completer.complete(
            request(full, 100, Sampling.GREEDY, false, OptionalInt.empty()), chunk -> true);
    assertEquals(1, one);

    int[] longer = Arrays.copyOf(full, CONTEXT + 1);
    assertEquals(
        "a prompt must fit the model's context: tokens=13, context=12",
        assertThrows(
                IllegalArgumentException.class,
                () -> complete(request(longer, 1, Sampling.GREEDY, false, OptionalInt.empty())))
            .getMessage());
  }

  @Test
  void shouldEndAtAStopStringAndAtTheEndOfADocument() {
    int[] prompt = TOKENIZER.encode("abc");
    Sampling sampling = new Sampling(1, 0, 1, 2);
    String whole = text(complete(request(prompt, 6, sampling, false, OptionalInt.empty())));
    String stop = whole.substring(1, 3);

    List<CompletionChunk> chunks =
        complete(
            new CompletionRequest(prompt, 6, sampling, List.of(stop), false, OptionalInt.empty()));

    assertEquals(whole.substring(0, whole.indexOf(stop)), text(chunks));
    assertEquals(Finish.STOP, chunks.get(chunks.size() - 1).finish().orElseThrow());
  }

  @Test
  void shouldStopAskingTheModelWhenNobodyListens() {
    int count =
        completer.complete(
            request(TOKENIZER.encode("a"), 9, Sampling.GREEDY, false, OptionalInt.of(0)),
            chunk -> false);

    assertEquals(1, count);
  }

  @Test
  void shouldSayThatAModelHasDiverged() {
    try (var broken = new Completer(nan(), TOKENIZER)) {
      var request = request(new int[] {5}, 1, Sampling.GREEDY, false, OptionalInt.empty());

      assertEquals(
          "a model's logits must be finite: logit=NaN",
          assertThrows(ArithmeticException.class, () -> broken.complete(request, chunk -> true))
              .getMessage());
    }
  }

  private static Decoder nan() {
    var decoder =
        new Decoder(
            new ModelConfig(TOKENIZER.vocabSize(), 16, 1, 2, 1, 8, 16, CONTEXT, 10_000, 1e-5), 1);
    decoder.parameters(0).asFloatBuffer().put(5 * 16, Float.NaN);
    return decoder;
  }
}
