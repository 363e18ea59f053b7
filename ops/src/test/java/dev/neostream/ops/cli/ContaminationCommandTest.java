package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContaminationCommandTest {

  private static final String ITEM =
      "The ninth lighthouse keeper counted forty two grey seals on the rocks before breakfast.";

  @TempDir Path folder;

  private String write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n").toString();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void shouldMakeOneSetOfFilesWithOneName() throws IOException {
    String in =
        write(
            "in.jsonl",
            "{\"id\":\"a\",\"text\":\"" + ITEM + "\"}",
            "{\"id\":\"b\",\"text\":\"Nothing.\"}");
    String one =
        write("one.jsonl", "{\"text\":\"Something else is asked in this file, at length.\"}");
    String two = write("two.jsonl", "{\"text\":\"" + ITEM + "\"}");

    int exit =
        Main.run(
            "contamination",
            "--in",
            in,
            "--sets",
            "quiz=" + one,
            "quiz=" + two,
            "--out",
            path("kept.jsonl"),
            "--rejects",
            path("rejects.jsonl"),
            "--threads",
            "2");

    assertEquals(0, exit);
    assertEquals(1, Files.readAllLines(folder.resolve("kept.jsonl")).size());
    String reject = Files.readString(folder.resolve("rejects.jsonl"));
    assertTrue(reject.contains("\"reason\":\"contamination.quiz\""), reject);
    assertTrue(reject.contains("\"item\":\"two.jsonl:1\""), reject);
  }

  @Test
  void shouldRefuseWhatIsNoSet() throws IOException {
    String in = write("in.jsonl", "{\"text\":\"Nothing.\"}");
    String unknown = write("unknown.jsonl", "{\"level\":3}");
    String out = path("kept.jsonl");

    for (String set :
        new String[] {unknown, "quiz=" + path("nowhere"), "quiz=" + unknown, "a.b=" + in}) {
      assertEquals(2, Main.run("contamination", "--in", in, "--sets", set, "--out", out), set);
      assertFalse(Files.exists(Path.of(out)), set);
    }
    assertEquals(2, Main.run("contamination", "--in", in));
    assertEquals(2, Main.run("contamination", "--sets", "quiz=" + in));
    assertEquals(2, Main.run("contamination", "--in", in, "--sets", "quiz=" + in, "--out", in));
    assertEquals(
        2, Main.run("contamination", "--in", unknown, "--sets", "quiz=" + in, "--out", in));
    assertEquals("{\"text\":\"Nothing.\"}\n", Files.readString(Path.of(in)));
  }

  @Test
  void shouldNameASetByItsFileAndWriteItsHits() throws IOException {
    String in = write("in.jsonl", "{\"id\":\"a\",\"text\":\"" + ITEM + "\"}");
    String set = write("gsm8k-test.jsonl", "{\"id\":\"q1\",\"prompt\":\"" + ITEM + "\"}");

    int exit = Main.run("contamination", "--in", in, "--sets", set, "--hits", path("hits.jsonl"));

    assertEquals(0, exit);
    String hits = Files.readString(folder.resolve("hits.jsonl"));
    assertTrue(hits.contains("\"set\":\"gsm8k-test\",\"item\":\"q1\",\"field\":\"prompt\""), hits);
    assertEquals(
        2,
        Main.run(
            "contamination", "--in", in, "--sets", set, "--out", in + "2", "--hits", in + "2"));
  }

  @Test
  void shouldNotBeReadyWithoutARun() throws IOException {
    String set = write("set.jsonl", "{\"text\":\"" + ITEM + "\"}");

    assertEquals(3, Main.run("contamination", "--dir", path("nowhere"), "--sets", "quiz=" + set));
  }
}
