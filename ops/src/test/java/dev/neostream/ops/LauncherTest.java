package dev.neostream.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ops/neo}, in a checkout of its own that is built already. */
class LauncherTest {

  @TempDir Path folder;

  private Path checkout;

  private record Ended(int exit, String out, String err) {}

  @BeforeEach
  void checkOut() throws IOException {
    checkout = folder.resolve("a check out");
    Files.createDirectories(checkout.resolve("ops"));
    Files.copy(Path.of("neo"), checkout.resolve("ops/neo"));
    assertTrue(checkout.resolve("ops/neo").toFile().setExecutable(true));
  }

  private void build() throws IOException {
    Path lib = Files.createDirectories(checkout.resolve("ops/target/neo"));
    Files.writeString(lib.resolve(".classpath"), System.getProperty("java.class.path"));
    Files.writeString(lib.resolve(".commit"), "abc1234\n");
    Files.writeString(lib.resolve(".built"), "");
  }

  private Ended run(Path from, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    var builder =
        new ProcessBuilder(command)
            .directory(from.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    int exit = builder.start().waitFor();
    return new Ended(exit, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(path -> folder.relativize(path).toString())
          .filter(name -> !name.equals("out") && !name.equals("err"))
          .sorted()
          .toList();
    }
  }

  @Test
  void shouldFindItsCheckoutThroughLinksFromAnywhere() throws Exception {
    build();
    Path bin = Files.createDirectories(folder.resolve("some bin"));
    Files.createSymbolicLink(folder.resolve("first"), checkout.resolve("ops/neo"));
    Files.createSymbolicLink(bin.resolve("neo"), Path.of("../first"));
    List<String> before = files();

    Ended ended = run(bin, Map.of(), "./neo", "--version");

    assertEquals(new Ended(0, "neo-stream 0.1.0 (abc1234)\n", ""), ended);
    assertEquals(before, files());
  }

  @Test
  void shouldNotBuildForAMistypedVerb() throws Exception {
    List<String> before = files();

    Ended ended = run(folder, Map.of(), checkout.resolve("ops/neo").toString(), "statsu");

    assertEquals(2, ended.exit);
    assertTrue(ended.err.startsWith("neo: unknown verb: statsu; verbs are: demo "), ended.err);
    assertEquals(before, files());
  }

  @Test
  void shouldKnowEveryVerb() throws Exception {
    build();
    String script = Files.readString(Path.of("neo"));
    int start = script.indexOf("verbs=\"") + "verbs=\"".length();
    List<String> known =
        new ArrayList<>(List.of(script.substring(start, script.indexOf('"', start)).split(" ")));

    Ended help = run(folder, Map.of(), checkout.resolve("ops/neo").toString(), "--help");

    List<String> told =
        help.out
            .lines()
            .dropWhile(line -> !line.startsWith("Commands:"))
            .skip(1)
            .takeWhile(line -> !line.isBlank())
            .filter(line -> line.matches("  [a-z]+ .*"))
            .map(line -> line.strip().split(" ")[0])
            .sorted()
            .toList();
    assertEquals(told, known.stream().sorted().toList());
  }

  @Test
  void shouldSuggestTheNearestVerbOnceBuilt() throws Exception {
    build();

    Ended ended = run(folder, Map.of(), checkout.resolve("ops/neo").toString(), "statsu");

    assertEquals(2, ended.exit);
    assertTrue(ended.err.contains("did you mean status"), ended.err);
  }

  @Test
  void shouldReadAndNameFilesInUtf8WhateverTheLocale() throws Exception {
    build();
    // The test's own JVM may not be able to name such a file.
    Ended made =
        run(
            folder,
            Map.of(),
            "sh",
            "-c",
            "mkdir docs && echo x >docs/$(printf '\\346\\226\\207\\346\\241\\243').txt");
    assertEquals(0, made.exit, made.err);

    for (String locale : List.of("C", "POSIX", "C.UTF-8", "nowhere")) {
      Ended ended =
          run(
              folder,
              Map.of("LC_ALL", locale),
              checkout.resolve("ops/neo").toString(),
              "clean",
              "--in",
              "docs",
              "--rejects",
              "r.jsonl");

      assertEquals(0, ended.exit, locale + " " + ended.err);
      String reject = Files.readString(folder.resolve("r.jsonl"), UTF_8);
      assertTrue(reject.contains("\u6587\u6863.txt"), locale + " " + reject);
      assertFalse(reject.contains("\ufffd"), locale + " " + reject);
    }
  }

  @Test
  void shouldPrintACompletionScriptThatBashTakes() throws Exception {
    build();

    Ended ended = run(folder, Map.of(), checkout.resolve("ops/neo").toString(), "completion");

    assertEquals(0, ended.exit, ended.err);
    Path script = Files.writeString(folder.resolve("completion.sh"), ended.out);
    Ended taken = run(folder, Map.of(), "bash", "-c", ". " + script + " && complete -p neo");
    assertEquals(0, taken.exit, taken.err);
    assertTrue(taken.out.contains("neo"), taken.out);
  }
}
