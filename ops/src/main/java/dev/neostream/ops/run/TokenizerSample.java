package dev.neostream.ops.run;

import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.RecordSource;
import dev.neostream.ingest.RoundRobin;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.UserError;
import dev.neostream.ops.file.Documents;
import dev.neostream.schemas.DocumentId;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.format.TokenizerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The tokenizer of a run, trained at its first start on a sample of the run's own clean documents.
 * The sample is chosen by document id, so the same inputs give the same tokenizer.
 */
public final class TokenizerSample {

  private static final long STOP_POLL_MS = 20;

  private TokenizerSample() {}

  /** Returns the run's tokenizer, storing the user's or training one if the run has none yet. */
  public static Tokenizer tokenizer(
      RunFolder folder, RunSpec spec, List<? extends RecordSource> inputs, Consumer<String> say) {
    return tokenizer(folder, spec, inputs, say, () -> false).orElseThrow();
  }

  /**
   * Returns the run's tokenizer, storing the user's or training one if the run has none yet.
   *
   * @return empty if {@code stop} asked for the end before there was one
   */
  public static Optional<Tokenizer> tokenizer(
      RunFolder folder,
      RunSpec spec,
      List<? extends RecordSource> inputs,
      Consumer<String> say,
      BooleanSupplier stop) {
    try {
      if (!Files.exists(folder.tokenizer())) {
        Files.createDirectories(folder.tokenizer().getParent());
        String given = spec.tokenize().file();
        if (given.isEmpty()) {
          say.accept(
              "Training a tokenizer of " + spec.tokenize().vocabSize() + " pieces on a sample");
        }
        Optional<Tokenizer> tokenizer =
            given.isEmpty()
                ? train(spec, inputs, stop)
                : Optional.of(TokenizerFiles.read(Path.of(given)));
        if (tokenizer.isEmpty()) {
          return Optional.empty();
        }
        TokenizerFile.write(tokenizer.get(), folder.tokenizer());
      }
      return Optional.of(TokenizerFile.read(folder.tokenizer()));
    } catch (IOException e) {
      throw new UncheckedIOException("the tokenizer must be readable: " + e.getMessage(), e);
    }
  }

  private static Optional<Tokenizer> train(
      RunSpec spec, List<? extends RecordSource> inputs, BooleanSupplier stop) throws IOException {
    var trainer = new BpeTrainer(BpeConfig.standard().withVocabSize(spec.tokenize().vocabSize()));
    var cleaner = new Cleaner(spec.clean());
    RunSpec.Tokenize sample = spec.tokenize();
    long bytes = 0;
    List<RecordSource> all = new ArrayList<>(inputs);
    for (String folder : spec.corpus().watch()) {
      all.add(new Input(folder, Path.of(folder)));
    }
    try (var records = new RoundRobin(all)) {
      Optional<RoundRobin.Turn> turn = records.next();
      while (turn.isPresent() && bytes < sample.sampleMostBytes()) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        if (turn.get().item() instanceof Item.Document document
            && (bytes < sample.sampleLeastBytes()
                || sampled(document, turn.get().record(), sample.sampleEvery()))) {
          Optional<byte[]> text = clean(cleaner, document);
          if (text.isPresent()) {
            trainer.add(text.get());
            bytes += text.get().length;
          }
        }
        turn = records.next();
      }
    }
    if (bytes == 0 && spec.corpus().endless()) {
      throw UserError.usage(
          "a tokenizer needs text to be trained on, and there is none yet: corpus.inputs="
              + spec.corpus().inputs()
              + ", corpus.watch="
              + spec.corpus().watch()
              + ", corpus.topics="
              + spec.corpus().topics().stream().map(UserTopic::topic).toList()
              + "; put some documents there first, or give tokenize.file");
    }
    return train(trainer, stop);
  }

  /** Trains, which may take minutes; left to itself if {@code stop} asks for the end. */
  private static Optional<Tokenizer> train(BpeTrainer trainer, BooleanSupplier stop) {
    CompletableFuture<Tokenizer> training = CompletableFuture.supplyAsync(trainer::train);
    try {
      while (!stop.getAsBoolean()) {
        if (training.isDone()) {
          return Optional.of(training.join());
        }
        Thread.sleep(STOP_POLL_MS);
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while training the tokenizer", e);
    } catch (CompletionException e) {
      throw new UserError(e.getCause().getMessage(), e.getCause());
    }
  }

  private static boolean sampled(Item.Document document, long record, int every) {
    String id = DocumentId.of(document.source(), document.url(), record);
    return Long.remainderUnsigned(DocumentId.bits(id), every) == 0;
  }

  private static Optional<byte[]> clean(Cleaner cleaner, Item.Document document) {
    return cleaner.clean(new Documents.Entry("", document).envelope())
            instanceof Cleaned.Clean clean
        ? Optional.of(clean.document().body)
        : Optional.empty();
  }
}
