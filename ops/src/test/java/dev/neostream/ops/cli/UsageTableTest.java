package dev.neostream.ops.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.monitor.StatusSample;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every wrong usage of {@code usage.txt}: the message that a user gets, the exit code, and that
 * nothing was written. A row is a line with exit code and arguments, and the message below it,
 * indented; {@code @} is a folder with what {@link #write} puts there.
 */
class UsageTableTest {

  private static final String VERBS =
      "demo init run ingest status mix ranks clean dedup contamination explain profile takedown quality tokenizer"
          + " dashboards card checkpoint serve eval scaling align bench help completion";

  private static final int LEAST_ROWS = 75;

  @TempDir static Path folder;

  private static Map<String, String> before;

  /** A wrong usage and what must come of it. */
  record Row(int exitCode, List<String> arguments, String message) {

    @Override
    public String toString() {
      return String.join(" ", arguments);
    }
  }

  @BeforeAll
  static void write() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "A document.");
    Files.writeString(folder.resolve("set.jsonl"), "{\"text\":\"An item.\"}\n");
    Files.writeString(folder.resolve("bad.yaml"), "train: {ranks: 0}\n");
    Files.writeString(folder.resolve("broken.yaml"), "a: [1");
    Files.writeString(folder.resolve("weights.yaml"), "cod: 1\n");
    Files.writeString(folder.resolve("schedule.yaml"), "- {at: 9, weights: {zh.web: 1}}\n");
    Files.writeString(folder.resolve("weird.xyz"), "");
    Files.write(folder.resolve("bin"), new byte[] {(byte) 0xc3, 0x28, 0, (byte) 0xff});
    Files.createDirectory(folder.resolve("empty"));
    Files.createDirectory(folder.resolve("full"));
    Files.writeString(folder.resolve("full/run.yaml"), "steps: 7\n");
    for (String name : List.of("run", "my run")) {
      var run = new RunFolder(folder.resolve(name));
      run.writeSpec(RunSpec.demo(RunSpec.DEFAULT_STEPS));
      run.write(run.status(), StatusSample.running());
    }
    before = tree();
  }

  /** Returns every path below the folder, and what files hold. */
  private static Map<String, String> tree() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.collect(
          Collectors.toMap(
              path -> folder.relativize(path).toString(),
              UsageTableTest::content,
              (a, b) -> a,
              TreeMap::new));
    }
  }

  private static String content(Path path) {
    try {
      return Files.isDirectory(path) ? "a folder" : Files.readString(path, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (var in = UsageTableTest.class.getResourceAsStream("/usage.txt")) {
      List<String> lines = new String(in.readAllBytes(), UTF_8).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).isBlank() || lines.get(i).startsWith("#")) {
          continue;
        }
        String[] row = lines.get(i).split(" ", 2);
        var message = new ArrayList<String>();
        while (i + 1 < lines.size() && lines.get(i + 1).startsWith("  ")) {
          message.add(lines.get(++i).substring(2));
        }
        rows.add(new Row(Integer.parseInt(row[0]), words(row[1]), String.join("\n", message)));
      }
    }
    return rows;
  }

  /** Returns the words of a command: separated by spaces, or in double quotes. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    String[] parts = command.split("\"", -1);
    for (int i = 0; i < parts.length; i++) {
      if (i % 2 == 1) {
        words.add(parts[i]);
      } else {
        Stream.of(parts[i].split(" ")).filter(word -> !word.isEmpty()).forEach(words::add);
      }
    }
    return words;
  }

  private static String placed(String text) {
    return text.replace("@", folder.toString())
        .replace("$VERBS", VERBS)
        .replace("$RECOMMENDED", Profile.recommended().version());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void shouldSayWhatMustHoldAndWriteNothing(Row row) throws IOException {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();

    int exitCode =
        Main.run(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            row.arguments.stream().map(UsageTableTest::placed).toArray(String[]::new));

    // Where a rule that is tried stands among the profile's own is the profile's business.
    String said = err.toString(UTF_8).stripTrailing().replaceFirst("--try:\\d+:", "--try:\\$LINE:");
    assertEquals("neo: " + placed(row.message), said);
    assertEquals("", out.toString(UTF_8));
    assertEquals(row.exitCode, exitCode);
    assertEquals(before, tree());
    assertFalse(Files.exists(Path.of("run")), "the folder of a run that is not named");
  }

  @Test
  void shouldKnowManyWrongUsages() throws IOException {
    assertTrue(rows().stream().filter(row -> row.exitCode == 2).count() >= LEAST_ROWS);
  }
}
