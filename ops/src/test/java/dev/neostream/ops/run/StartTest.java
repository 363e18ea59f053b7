package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {

  @TempDir Path folder;

  private static Start start(long at, long until) {
    return new Start(at, until, "ops/neo demo", "1", "17", "2 cores");
  }

  @Test
  void shouldKnowNoStartOfAFolderWithoutOne() {
    assertEquals(List.of(), Start.all(new RunFolder(folder)));
  }

  @Test
  void shouldRememberStartsAndTheirEnds() {
    var run = new RunFolder(folder);

    Start.begin(run, start(1_000, 0));
    assertEquals(List.of(start(1_000, 0)), Start.all(run));
    assertEquals(Duration.ZERO, Start.all(run).get(0).length());
    Start.end(run, 3_500);
    Start.begin(run, start(9_000, 0));
    Start.end(run, 9_500);

    assertEquals(List.of(start(1_000, 3_500), start(9_000, 9_500)), Start.all(run));
    assertEquals(Duration.ofMillis(2_500), Start.all(run).get(0).length());
  }

  @Test
  void shouldEndAKilledStartWhereItWasLastSeen() {
    var run = new RunFolder(folder);
    long before = System.currentTimeMillis();
    Start.begin(run, start(before, 0));
    Status last = Status.starting(10);
    run.write(run.status(), last);

    Start.begin(run, start(before + 100_000, 0));

    assertEquals(last.updatedAt(), Start.all(run).get(0).until());
  }

  @Test
  void shouldDescribeThisMachine() {
    String words = Machine.words();

    assertTrue(words.startsWith(Runtime.getRuntime().availableProcessors() + " cores"), words);
    assertTrue(words.contains(" GiB of memory, " + System.getProperty("os.name")), words);
  }
}
