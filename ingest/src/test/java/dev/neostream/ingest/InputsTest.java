package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.SharedData;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {

  @TempDir Path folder;

  @Test
  void shouldNameSourcesByFileWhenPathsAreGood() throws IOException {
    Path first = write("en/part.jsonl", "{}");
    Path second = write("zh/part.jsonl", "{}");

    List<Input> inputs = Inputs.resolve(List.of(first, second, folder.resolve("en")));

    assertEquals(
        List.of("part.jsonl", "part.jsonl#2", "en"), inputs.stream().map(Input::source).toList());
  }

  @Test
  void shouldNameSourcesAlikeWhenARunGoesOnAndSomeAreGone() throws IOException {
    List<Path> paths =
        List.of(
            write("en/part.jsonl", "{}"), write("zh/part.jsonl", "{}"), write("de/part.jsonl", ""));
    List<Input> begun = Inputs.resolve(paths);

    Files.delete(paths.get(0));
    Files.delete(paths.get(1));

    assertEquals(begun, Inputs.named(paths));
  }

  @Test
  void shouldNameEveryProblemInOneLineWhenSeveralPathsAreBad() throws IOException {
    Path good = write("a.txt", "a");
    Path suffix = write("a.exe", "a");
    Path missing = folder.resolve("missing.warc");
    Path empty = Files.createDirectory(folder.resolve("empty"));

    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> Inputs.resolve(List.of(good, suffix, missing, empty, good)));

    assertEquals(
        "every input must be a readable file or folder: "
            + suffix
            + " has no supported suffix (.warc .jsonl .parquet .html .txt .jar ...); "
            + missing
            + " does not exist; "
            + empty
            + " holds no file with a supported suffix; "
            + good
            + " is given twice",
        error.getMessage());
  }

  @Test
  void shouldRefuseWhenFileOrFolderIsNotReadable() throws IOException {
    Path file = write("locked.txt", "a");
    Path inner = write("outer/locked/a.txt", "a").getParent();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(file), "this user may read everything");

    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> Inputs.resolve(List.of(file, folder.resolve("outer"))));
    Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("rwx------"));

    assertTrue(error.getMessage().contains(file + " is not readable"));
    assertTrue(error.getMessage().contains(inner + " is not readable"));
    assertFalse(error.getMessage().contains("\n"));
  }

  @Test
  void shouldReadFilesInOrderOfTheirPathsWhenInputIsAFolder() throws IOException {
    write("in/b.txt", "b");
    write("in/a/z.md", "z");
    write("in/a.jsonl", "{\"text\":\"1\"}\n{\"text\":\"2\"}\n");
    write("in/c.bin", "c");
    write("in/.hidden/d.txt", "d");
    write("in/.hidden.txt", "d");

    List<Item> items = Items.all(new Input("in", folder.resolve("in")).open());

    assertEquals(
        List.of("a.jsonl#1", "a.jsonl#2", "a/z.md", "b.txt", "c.bin"),
        items.stream().map(Item::url).toList());
    assertEquals(List.of("file.suffix"), Items.reasons(items));
    assertEquals("text/markdown", Items.document(items.get(2)).mediaType());
    assertEquals("a/z.md", items.get(2).file());
  }

  @Test
  void shouldReadLinksWithinTheFolderAndMentionAllOthers() throws IOException {
    write("in/a.txt", "a");
    write("in/sub/b.txt", "b");
    Path secret = write("secret.txt", "secret");
    write("elsewhere/page.txt", "secret");
    Path in = folder.resolve("in");
    Files.createSymbolicLink(in.resolve("c-inside.txt"), Path.of("sub", "b.txt"));
    Files.createSymbolicLink(in.resolve("d-outside.txt"), secret);
    Files.createSymbolicLink(in.resolve("e-around.txt"), Path.of("..", "secret.txt"));
    Files.createSymbolicLink(in.resolve("f-folder"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(in.resolve("g-loop"), in);
    Files.createSymbolicLink(in.resolve("h-nothing.txt"), folder.resolve("missing"));
    // The folder itself may be given by a link: that is the user's own word.
    Path given = Files.createSymbolicLink(folder.resolve("given"), in);

    Input input = Inputs.resolve(List.of(given)).get(0);
    List<Item> items = Items.all(input.open());

    assertEquals(
        List.of(
            "a.txt",
            "c-inside.txt",
            "d-outside.txt",
            "e-around.txt",
            "f-folder",
            "g-loop",
            "h-nothing.txt",
            "sub/b.txt"),
        items.stream().map(Item::file).toList());
    assertEquals(
        List.of("a", "b", "b"),
        Items.documents(items).stream()
            .map(document -> new String(document.payload(), StandardCharsets.UTF_8))
            .toList());
    assertEquals(Collections.nCopies(5, "file.link"), Items.reasons(items));
  }

  /** A socket, a pipe or a device of that name would never end. */
  @Test
  void shouldNameWhatIsNeitherFileNorFolder() throws IOException {
    write("in/a.txt", "a");
    Path in = folder.resolve("in");
    List<Item> items;
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(in.resolve("b.txt")));
      items = Items.all(Inputs.resolve(List.of(in)).get(0).open());
    }

    assertEquals(List.of("a.txt", "b.txt"), items.stream().map(Item::file).toList());
    assertEquals(List.of("file.special"), Items.reasons(items));
  }

  @Test
  void shouldRefuseAFolderOfNothingButLinksOutOfIt() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    Files.createSymbolicLink(in.resolve("a.txt"), write("secret.txt", "secret"));

    var error = assertThrows(IllegalArgumentException.class, () -> Inputs.resolve(List.of(in)));

    assertTrue(error.getMessage().contains("holds no file"), error.getMessage());
  }

  @Test
  void shouldChooseReaderBySuffixWhenFileIsOpened() throws IOException {
    assertEquals(List.of("warc.empty"), reasons("a.WARC"));
    assertEquals(List.of("warc.empty"), reasons("a.warc.gz"));
    assertEquals(List.of("warc.empty"), reasons("a.arc"));
    assertEquals(List.of("jsonl.truncated"), reasons("a.jsonl.gz"));
    assertEquals(List.of("file.empty"), reasons("a.ndjson"));
    assertEquals(List.of("jsonl.truncated"), reasons("a.json.zst"));
    assertEquals(List.of("archive.syntax"), reasons("a.jar"));
    assertEquals(List.of("archive.syntax"), reasons("a.wacz"));
    assertEquals(List.of(), reasons("a.py"));
    assertThrows(IllegalArgumentException.class, () -> reasons("a.class"));
  }

  @Test
  void shouldAccountForEveryRecordWhenFolderHoldsWebArchives() throws IOException {
    Path path = SharedData.path("warc-samples");

    List<Item> items = Items.all(Inputs.resolve(List.of(path)).get(0).open());

    assertTrue(Items.documents(items).size() > 150);
    assertEquals(items.size(), Items.documents(items).size() + Items.reasons(items).size());
    assertTrue(items.stream().allMatch(item -> item.source().equals("warc-samples")));
    assertTrue(
        items.stream().anyMatch(item -> item.file().equals("ipwb/broken.warc")), "a nested file");
  }

  private List<String> reasons(String name) throws IOException {
    return Items.reasons(Items.all(new Input("in", write(name, "")).open()));
  }

  private Path write(String name, String content) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, content);
  }
}
