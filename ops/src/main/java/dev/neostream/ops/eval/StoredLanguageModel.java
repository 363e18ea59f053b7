package dev.neostream.ops.eval;

import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.generate.Completer;
import dev.neostream.trainer.generate.CompletionRequest;
import dev.neostream.trainer.generate.Sampling;
import dev.neostream.trainer.generate.ScoredToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/** A stored model in this process, asked as the server asks it: the same bits. */
public final class StoredLanguageModel implements LanguageModel {

  private final StoredModel model;
  private final Completer completer;

  private StoredLanguageModel(StoredModel model, Completer completer) {
    this.model = model;
    this.completer = completer;
  }

  /**
   * Loads a model, for the calling thread alone.
   *
   * @param threads libtorch threads; part of the last bits
   * @throws IOException if its parameters cannot be read or are not as they were written
   */
  public static StoredLanguageModel open(StoredModel model, int threads) throws IOException {
    return new StoredLanguageModel(model, Completer.open(model, threads));
  }

  @Override
  public ModelFacts facts() {
    CheckpointManifest manifest = model.checkpoint().manifest();
    return new ModelFacts(
        model.checkpoint().folder().getFileName().toString(),
        manifest.getStep(),
        HexFormat.of().toHexDigits(manifest.getParameterHash()),
        manifest.getModel(),
        manifest.getTokenizer(),
        null);
  }

  @Override
  public int context() {
    return model.config().maxSequence();
  }

  @Override
  public int prefix() {
    return model.tokenizer().endOfDocument();
  }

  @Override
  public int[] encode(String text) {
    return model.tokenizer().encode(text);
  }

  @Override
  public double[] logProbabilities(int[] ids) {
    List<ScoredToken> tokens = new ArrayList<>();
    completer.complete(
        new CompletionRequest(ids, 0, Sampling.GREEDY, List.of(), true, OptionalInt.of(0)),
        chunk -> tokens.addAll(chunk.tokens()) || true);
    return tokens.stream()
        .skip(1) // nothing predicts the first
        .mapToDouble(token -> token.score().orElseThrow().logProbability())
        .toArray();
  }

  @Override
  public String generate(int[] prompt, int maxTokens, List<String> stops) {
    var text = new StringBuilder();
    completer.complete(
        new CompletionRequest(
            prompt, maxTokens, Sampling.GREEDY, stops, false, OptionalInt.empty()),
        chunk -> {
          text.append(chunk.text());
          return true;
        });
    return text.toString();
  }

  @Override
  public void close() {
    completer.close();
  }
}
