package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ingest.file.Archives;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.file.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files read in a JVM whose memory is small. */
class SmallHeapTest {

  private static final String LARGE = "x".repeat(8_000_000);

  @TempDir Path folder;

  /** Prints what the items of a folder are, one a line. */
  public static void main(String[] args) throws IOException {
    try (RecordReader reader = new Input("in", Path.of(args[0])).open()) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        String what =
            item.get() instanceof Item.Broken broken ? broken.rejection().reason() : "document";
        System.out.println(item.get().file() + " " + what);
      }
    }
  }

  /** 16 MB are too few for a document of 8 MB between two small ones. */
  @Test
  void shouldRejectOneDocumentWhenItFillsTheMemory() throws Exception {
    Path inputs = Files.createDirectory(folder.resolve("inputs"));
    Map<String, byte[]> entries = new LinkedHashMap<>();
    var archive = new ByteArrayOutputStream();
    var lines = new StringBuilder();
    for (String text : List.of("before", LARGE, "behind")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      entries.put(entries.size() + ".txt", bytes);
      archive.writeBytes(
          ("WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://x/\r\n"
                  + "Content-Type: text/plain\r\nContent-Length: "
                  + bytes.length
                  + "\r\n\r\n"
                  + text
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      lines.append("{\"text\":\"").append(text).append("\"}\n");
    }
    Files.write(inputs.resolve("a.warc"), archive.toByteArray());
    Files.writeString(inputs.resolve("b.jsonl"), lines);
    Files.write(inputs.resolve("c.zip"), Archives.of(".zip", entries, 0));
    Files.writeString(inputs.resolve("d.txt"), LARGE);
    Files.writeString(inputs.resolve("e.txt"), "behind");

    assertEquals(
        List.of(
            "a.warc document",
            "a.warc file.error",
            "a.warc document",
            "b.jsonl document",
            "b.jsonl file.error",
            "b.jsonl document",
            "c.zip document",
            "c.zip file.error",
            "c.zip document",
            "d.txt file.error",
            "e.txt document"),
        readInHeap(16, inputs));
  }

  /** Files of a few kilobytes that once took all memory, or hours. */
  @Test
  void shouldRejectSmallFilesThatStandForLargeOnes() throws Exception {
    Path inputs = Files.createDirectory(folder.resolve("inputs"));
    List<String> cases =
        List.of(
            "parquet-dictionary-memory/six-columns.parquet",
            "parquet-row-bomb/rows.parquet",
            "zip-overlapping-entries/overlap.zip");
    for (String name : cases) {
      Path file = SharedData.ofCase(name);
      Files.copy(file, inputs.resolve(file.getFileName()));
    }

    Map<String, Integer> said = new TreeMap<>();
    for (String line : readInHeap(256, inputs)) {
      said.merge(line, 1, Integer::sum);
    }

    assertEquals(
        Map.of(
            "overlap.zip archive.entry", 2_000,
            "rows.parquet document", 7,
            "rows.parquet parquet.damaged", 1,
            "six-columns.parquet parquet.damaged", 1),
        said);
  }

  private List<String> readInHeap(int megabytes, Path inputs)
      throws IOException, InterruptedException {
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeapTest.class.getName(),
                inputs.toString())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    process.waitFor();
    return Files.readAllLines(printed);
  }
}
