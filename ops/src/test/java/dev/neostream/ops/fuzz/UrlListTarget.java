package dev.neostream.ops.fuzz;

import dev.neostream.clean.url.BlockLists;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Block lists and the urls looked up in them: the first line is a url, the others are a list. */
public final class UrlListTarget {

  private static final Path FOLDER = Path.of(System.getProperty("java.io.tmpdir"), "lists");

  private UrlListTarget() {}

  static List<byte[]> seeds() {
    return List.of(
        "http://user@www.Bad.example:80/a%20b?x\nbad.example\nexample.org/path\n# comment\n192.0.2.1"
            .getBytes(StandardCharsets.UTF_8),
        "https://[2001:db8::1]/x\n\u4e2d\u6587.example\nxn--fiq228c.example/a/b\n"
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    int line = 0;
    while (line < input.length && input[line] != '\n') {
      line++;
    }
    Path category = Files.createDirectories(FOLDER.resolve("bad"));
    byte[] list = Arrays.copyOfRange(input, Math.min(line + 1, input.length), input.length);
    Files.write(category.resolve("domains"), list);
    Files.write(category.resolve("urls"), list);
    BlockLists.load(FOLDER, Set.of("bad"), Set.of())
        .match(new String(input, 0, line, StandardCharsets.UTF_8));
  }
}
