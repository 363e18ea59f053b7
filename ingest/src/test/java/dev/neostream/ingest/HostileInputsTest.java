package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.neostream.ingest.file.Archives;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.parquet.Parquets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sound inputs, changed at random a thousand times: every reader must come to an end, throw
 * nothing, stay within stack and memory, and say the same when asked again.
 */
class HostileInputsTest {

  private static final int ROUNDS = 1_000;

  /** More than the largest input has bytes; each record takes at least one. */
  private static final int MOST_ITEMS = 20_000;

  private static final byte[] TEXT =
      "A page of some words, and some words more. ".repeat(9).getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "gzip, gzip",
        "zstd",
        "a.txt.gz",
        "a.txt.zst",
        "a.jsonl.gz",
        "a.warc.gz",
        "a.zip",
        "a.tar",
        "a.tar.gz",
        "a.parquet"
      })
  void shouldEndAndBeRepeatableWhateverIsChanged(String kind) throws IOException {
    byte[] sound = sound(kind);
    assertEquals(0, read(kind, sound).rejects);
    var random = new Random(17);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] input = changed(sound, random);

      Outcome once = read(kind, input);

      assertTrue(once.items <= MOST_ITEMS, "round " + round + ": " + once);
      assertEquals(once, read(kind, input), "round " + round);
    }
  }

  /** What a reader said. */
  private record Outcome(int items, int rejects, int hash) {}

  private static byte[] sound(String kind) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      entries.put("folder/".repeat(i * 9) + i + ".txt", Arrays.copyOf(TEXT, 30 * i));
    }
    return switch (kind) {
      case "gzip" -> concat(Archives.gzip(TEXT), Archives.gzip(new byte[0]), Archives.gzip(TEXT));
      case "gzip, gzip" -> Archives.gzip(Archives.gzip(TEXT));
      case "zstd" -> Zstd.compress(TEXT);
      case "a.zip", "a.tar", "a.tar.gz" -> Archives.of(kind.substring(1), entries, 700);
      case "a.parquet" -> parquet();
      case "a.jsonl.gz", "a.warc.gz" -> Archives.sample(kind, 5);
      default -> Archives.compress(TEXT, kind, 100);
    };
  }

  private static byte[] parquet() {
    byte[] run = Parquets.concat(new byte[1], Parquets.run(3));
    byte[] words = Parquets.concat(Parquets.plain(TEXT), Parquets.plain(new byte[] {'x'}));
    byte[] levels = Parquets.run(3, 1);
    return Parquets.file(
        2,
        3,
        new Parquets.Column(
            "text",
            false,
            Parquets.concat(Parquets.dictionary(words, 2), Parquets.data(run, 3, 8))),
        new Parquets.Column(
            "url",
            true,
            Parquets.data(
                Parquets.concat(
                    Parquets.littleEndian(levels.length), levels, words, Parquets.plain(TEXT)),
                3,
                0)));
  }

  /** Overwrites, removes, repeats and inserts stretches. */
  private static byte[] changed(byte[] sound, Random random) {
    byte[] bytes = sound;
    for (int change = random.nextInt(4); change >= 0 && bytes.length > 0; change--) {
      int from = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 4 : 300));
      byte[] stretch = Arrays.copyOfRange(bytes, from, to);
      byte[] before = Arrays.copyOf(bytes, from);
      byte[] behind = Arrays.copyOfRange(bytes, to, bytes.length);
      byte[] noise = new byte[1 + random.nextInt(8)];
      random.nextBytes(noise);
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> concat(before, behind);
            case 1 -> concat(before, stretch, stretch, behind);
            case 2 -> concat(before, noise, stretch, behind);
            case 3 -> before;
            default -> {
              byte[] same = bytes.clone();
              same[from] = random.nextBoolean() ? (byte) 0xff : noise[0];
              yield same;
            }
          };
    }
    return bytes;
  }

  private Outcome read(String kind, byte[] input) throws IOException {
    boolean body = !kind.startsWith("a.");
    Path path =
        Files.write(folder.resolve(body ? "a.warc" : kind), body ? response(kind, input) : input);
    int items = 0;
    int rejects = 0;
    int hash = 0;
    try (RecordReader reader = new Input("in", path).open()) {
      for (Optional<Item> item = reader.next();
          item.isPresent() && items <= MOST_ITEMS;
          item = reader.next()) {
        items++;
        if (item.get() instanceof Item.Broken broken) {
          rejects++;
          hash = 31 * hash + broken.toString().hashCode();
          assertTrue(!broken.rejection().reason().equals("file.error"), broken.toString());
        } else if (item.get() instanceof Item.Document document) {
          hash = 31 * hash + Arrays.hashCode(document.payload());
        }
      }
    }
    return new Outcome(items, rejects, hash);
  }

  private static byte[] response(String codings, byte[] body) {
    String http =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: " + codings + "\r\n\r\n";
    String warc =
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/\r\n"
            + "Content-Type: application/http\r\nContent-Length: "
            + (http.length() + body.length)
            + "\r\n\r\n";
    return concat(
        warc.getBytes(StandardCharsets.US_ASCII),
        http.getBytes(StandardCharsets.US_ASCII),
        body,
        "\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
