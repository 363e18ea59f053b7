package dev.neostream.ops.corpus;

import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.RoundRobin;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.config.RunConfig;
import dev.neostream.ops.config.RunFolder;
import dev.neostream.ops.file.Documents;
import dev.neostream.schemas.DocumentId;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The tokenizer of a run, trained at its first start on a sample of the run's own clean documents.
 * The sample is chosen by document id, so the same inputs give the same tokenizer.
 */
public final class TokenizerSample {

  /** So much is learned from whatever comes first: a small corpus is learned from whole. */
  private static final long LEAST_BYTES = 1L << 20;

  /** After that, one document in this many is learned from. */
  private static final int EVERY = 5;

  /** Learning stops here: more text changes a vocabulary of some thousand pieces little. */
  private static final long MOST_BYTES = 6L << 20;

  private TokenizerSample() {}

  /** Returns the run's tokenizer, training and storing it if the run has none yet. */
  public static Tokenizer tokenizer(
      RunFolder folder, RunConfig config, List<Input> inputs, Consumer<String> say) {
    try {
      if (!Files.exists(folder.tokenizer())) {
        say.accept("Training a tokenizer of " + config.vocabSize() + " pieces on a sample");
        Files.createDirectories(folder.tokenizer().getParent());
        TokenizerFile.write(train(config, inputs), folder.tokenizer());
      }
      return TokenizerFile.read(folder.tokenizer());
    } catch (IOException e) {
      throw new UncheckedIOException("the tokenizer could not be made", e);
    }
  }

  private static Tokenizer train(RunConfig config, List<Input> inputs) throws IOException {
    var trainer = new BpeTrainer(BpeConfig.standard().withVocabSize(config.vocabSize()));
    var cleaner = new Cleaner(config.clean());
    long bytes = 0;
    try (var records = new RoundRobin(inputs)) {
      Optional<RoundRobin.Turn> turn = records.next();
      while (turn.isPresent() && bytes < MOST_BYTES) {
        if (turn.get().item() instanceof Item.Document document
            && (bytes < LEAST_BYTES || sampled(document, turn.get().record()))) {
          Optional<byte[]> text = clean(cleaner, document);
          if (text.isPresent()) {
            trainer.add(text.get());
            bytes += text.get().length;
          }
        }
        turn = records.next();
      }
    }
    return trainer.train();
  }

  private static boolean sampled(Item.Document document, long record) {
    String id = DocumentId.of(document.source(), document.url(), record);
    return Long.remainderUnsigned(DocumentId.bits(id), EVERY) == 0;
  }

  private static Optional<byte[]> clean(Cleaner cleaner, Item.Document document) {
    return cleaner.clean(new Documents.Entry("", document).envelope())
            instanceof Cleaned.Clean clean
        ? Optional.of(clean.document().body)
        : Optional.empty();
  }
}
