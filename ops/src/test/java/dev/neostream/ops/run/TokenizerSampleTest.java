package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.RoundRobin;
import dev.neostream.ops.TestCorpus;
import dev.neostream.tokens.bpe.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerSampleTest {

  private static final int PAGES = 60;

  @TempDir Path folder;

  private final List<String> said = new ArrayList<>();

  private byte[] tokenizer(String run, String... settings) throws IOException {
    List<Path> corpus = TestCorpus.write(folder.resolve("corpus"), PAGES);
    var runFolder = new RunFolder(folder.resolve(run));
    TokenizerSample.tokenizer(
        runFolder,
        SpecFile.read(Optional.empty(), List.of(settings), false),
        Inputs.resolve(corpus),
        said::add);
    return Files.readAllBytes(runFolder.tokenizer());
  }

  @Test
  void shouldTrainTheSameOneAgainAndWithinItsBudget() throws IOException {
    byte[] whole = tokenizer("a", "tokenize.vocabSize=600");

    assertArrayEquals(whole, tokenizer("b", "tokenize.vocabSize=600"));
    byte[] part = tokenizer("c", "tokenize.vocabSize=600", "tokenize.sampleMostBytes=4000");
    assertTrue(!Arrays.equals(whole, part), "less text makes another vocabulary");
    assertEquals("Training a tokenizer of 600 pieces on a sample", said.get(0));
    assertEquals(3, said.size());
  }

  @Test
  void shouldLeaveNothingWhenItIsAskedToEnd() throws IOException {
    List<Path> corpus = TestCorpus.write(folder.resolve("corpus"), PAGES);
    var run = new RunFolder(folder.resolve("a"));

    Optional<Tokenizer> tokenizer =
        TokenizerSample.tokenizer(
            run, RunSpec.demo(2), Inputs.resolve(corpus), said::add, () -> true);

    assertTrue(tokenizer.isEmpty());
    assertFalse(Files.exists(run.tokenizer()));
  }

  @Test
  void shouldNotFinishWhatTakesLongWhenItIsAskedToEndMeanwhile() throws IOException {
    List<Path> corpus = TestCorpus.write(folder.resolve("corpus"), PAGES);
    var run = new RunFolder(folder.resolve("a"));
    List<Input> inputs = Inputs.resolve(corpus);
    long records = 0;
    try (var all = new RoundRobin(inputs)) {
      while (all.next().isPresent()) {
        records++;
      }
    }
    long read = records;
    var asked = new AtomicLong();

    Optional<Tokenizer> tokenizer =
        TokenizerSample.tokenizer(
            run, RunSpec.demo(2), inputs, said::add, () -> asked.incrementAndGet() > read);

    assertTrue(tokenizer.isEmpty());
    assertEquals(read + 1, asked.get(), "all is read before it is trained on");
    assertFalse(Files.exists(run.tokenizer()));
  }

  @Test
  void shouldTakeTheUsersOwnAndKeepACopy() throws IOException {
    byte[] trained = tokenizer("a", "tokenize.vocabSize=600");
    Path mine = Files.write(folder.resolve("mine.json"), trained);
    said.clear();

    assertArrayEquals(trained, tokenizer("b", "tokenize.file=" + mine));
    Files.writeString(mine, "{}");
    assertArrayEquals(trained, tokenizer("b", "tokenize.file=" + mine), "the run has its own");
    assertEquals(List.of(), said);
    UncheckedIOException broken =
        assertThrows(UncheckedIOException.class, () -> tokenizer("c", "tokenize.file=" + mine));
    assertTrue(broken.getMessage().contains("mine.json"), broken.getMessage());
  }
}
