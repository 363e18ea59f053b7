package dev.neostream.ops.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.StoredRun;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {

  @TempDir Path folder;

  private String card(RunFolder run, long step) throws IOException {
    StoredRun.save(run, step);
    return ModelCard.of(run, new CheckpointStore(run.checkpoints()).newest().orElseThrow());
  }

  private RunFolder run() {
    var run = new RunFolder(folder);
    run.writeSpec(RunSpec.small(List.of("/home/ann/secret/crawl|.warc.gz"), 30));
    run.write(run.status(), ReportTest.status(30));
    return run;
  }

  @Test
  void shouldTellWhatTheModelIsAndWhatItHasSeen() throws IOException {
    RunFolder run = run();
    Files.writeString(
        run.metricsLines(),
        "{\"step\":1,\"loss\":9.5}\n{\"step\":19,\"loss\":4.56789}\n{\"step\":20,\"los");

    String card = card(run, 19);

    assertTrue(
        card.startsWith(
            "---\nlibrary_name: transformers\npipeline_tag: text-generation\nlanguage:\n- en\n---\n"),
        card);
    for (String line :
        List.of(
            "# Run `small`, step 19",
            "| parameters | 11 |",
            "| steps done | 20 of 30 |",
            "| tokens | 1,000 |",
            "| loss of the last step | 4.568 nats a token |",
            "| held-out loss after step 19 | 7.000 nats a token |",
            "| parameter hash | `000000000000abcd` |",
            "| code | 300 | 30.0 % |",
            "| en.web | 700 | 70.0 % |",
            "- `crawl\\|.warc.gz`",
            "| **sum** | **100** | adds up |",
            "| clean | `gopher.word_count` | 30 |  | 30 |")) {
      assertTrue(card.lines().anyMatch(line::equals), line + " in " + card);
    }
    assertTrue(card.contains("plan 4 was in force"), card);
    assertFalse(card.contains("secret") || card.contains("demo"), card);
    run.writeSpec(RunSpec.demo(30));
    assertTrue(card(run, 20).contains("- the demo corpus"), card);
  }

  @Test
  void shouldTellWhatIsKnownOfARunThatHasJustBegun() throws IOException {
    var run = new RunFolder(folder);

    String card = card(run, 0);

    assertTrue(card.contains("| steps done | 1 |"), card);
    assertFalse(card.contains("loss") || card.contains("## Funnel"), card);
  }

  @Test
  void shouldNotTellTheLossOfALineThatIsHalfWritten() throws IOException {
    RunFolder run = run();
    Files.writeString(run.metricsLines(), "{\"step\":19,\"loss\":4.5");

    assertFalse(card(run, 19).contains("loss of the last step"));
  }
}
