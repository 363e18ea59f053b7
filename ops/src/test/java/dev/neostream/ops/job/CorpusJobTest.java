package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.neostream.ops.RunContents;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.monitor.CountBook;
import dev.neostream.ops.monitor.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusJobTest {

  @TempDir Path folder;

  private RunContents run(int parallelism) throws Exception {
    Path own = Files.createDirectory(folder.resolve("parallelism-" + parallelism));
    try (Pipeline pipeline = Pipeline.start(own);
        EmbeddedFlink flink =
            pipeline.submit(
                parallelism,
                Duration.ofSeconds(1),
                CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)))) {
      Status status = pipeline.runToEnd(flink);
      assertEquals("", status.problem());
      for (String stage : CountBook.STAGES) {
        assertFalse(status.stages().get(stage).read() == 0, stage);
      }
      return RunContents.read(pipeline.connection());
    }
  }

  @Test
  void shouldMakeTheSameBlocksAtAnyParallelism() throws Exception {
    RunContents one = run(1);
    RunContents three = run(3);

    assertFalse(one.blockHashes().isEmpty());
    assertEquals(one.blockHashes(), three.blockHashes());
    assertEquals(one.held(), three.held());
  }
}
