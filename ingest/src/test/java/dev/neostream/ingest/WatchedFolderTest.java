package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFolderTest {

  private static final Duration STABLE = Duration.ofSeconds(2);

  @TempDir Path temporary;

  private Path folder;
  private long clock;
  private WatchedFolder watched;

  @BeforeEach
  void watch() throws IOException {
    folder = Files.createDirectories(temporary.resolve("drop"));
    watched = watched();
  }

  private WatchedFolder watched() throws IOException {
    return new WatchedFolder(folder, STABLE, () -> clock);
  }

  private List<String> scan(int secondsLater) throws IOException {
    clock += Duration.ofSeconds(secondsLater).toNanos();
    return watched.scan().stream().map(WatchedFolder.Found::source).toList();
  }

  private Path write(String name, String text, int modifiedAt) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000L * modifiedAt));
    return file;
  }

  @Test
  void shouldFindAFileOnceWhenItHasNotChangedForAWhile() throws IOException {
    write("b/c.txt", "c", 1);
    write("a.txt", "a", 1);

    assertEquals(List.of(), scan(0));
    assertEquals(List.of(), scan(1));
    assertEquals(List.of("drop/a.txt", "drop/b/c.txt"), scan(1));
    assertEquals(List.of(), scan(100));
  }

  @Test
  void shouldWaitForAFileThatIsStillWritten() throws IOException {
    Path file = write("a.txt", "a", 1);
    assertEquals(List.of(), scan(0));
    Files.writeString(file, "bc", StandardOpenOption.APPEND);
    assertEquals(List.of(), scan(2), "it has grown");
    assertEquals(List.of(), scan(1));
    Files.setLastModifiedTime(file, FileTime.fromMillis(77_000));
    assertEquals(List.of(), scan(1), "it was written to");
    assertEquals(List.of("drop/a.txt"), scan(2));
  }

  @Test
  void shouldLeaveUnfinishedAndHiddenNamesAloneUntilTheyAreRenamed() throws IOException {
    write(".hidden.txt", "h", 1);
    write(".git/a.txt", "h", 1);
    Path part = write("a.txt.part", "a", 1);
    Path temporaryFile = write("b.tmp", "b", 1);
    scan(0);
    assertEquals(List.of(), scan(9));
    Files.move(part, folder.resolve("a.txt"), StandardCopyOption.ATOMIC_MOVE);
    Files.move(temporaryFile, folder.resolve("b.txt"), StandardCopyOption.ATOMIC_MOVE);
    scan(0);
    assertEquals(List.of("drop/a.txt", "drop/b.txt"), scan(2));
  }

  @Test
  void shouldTellARewrittenFileFromATouchedOne() throws IOException {
    Path file = write("a.txt", "one", 1);
    scan(0);
    scan(2);
    Files.setLastModifiedTime(file, FileTime.fromMillis(9_000));
    scan(0);
    assertEquals(List.of(), scan(2), "touched");
    write("a.txt", "two", 10);
    scan(0);
    assertEquals(List.of("drop/a.txt#2"), scan(2));
    write("a.txt", "three", 11);
    scan(0);
    assertEquals(List.of("drop/a.txt#3"), scan(2));
  }

  /** Only the ends of a file are looked at; its size is the rest of the evidence. */
  @Test
  void shouldKnowLargeFilesByTheirEnds() throws IOException {
    String middle = "x".repeat(200_000);
    write("a.txt", "a" + middle + "z", 1);
    scan(0);
    scan(2);
    write("a.txt", "b" + middle + "z", 2);
    scan(0);
    assertEquals(List.of("drop/a.txt#2"), scan(2));
    write("a.txt", "b" + middle + "y", 3);
    scan(0);
    assertEquals(List.of("drop/a.txt#3"), scan(2));
  }

  @Test
  void shouldKnowAfterARestartWhatItFoundBefore() throws IOException {
    write("a.txt", "one", 1);
    write("b.txt", "b", 1);
    watched.scan();
    clock += STABLE.toNanos();
    List<WatchedFolder.Found> before = watched.scan();
    write("a.txt", "two", 5);
    write("c.txt", "c", 5);

    watched = watched();
    before.forEach(watched::knows);

    scan(0);
    assertEquals(List.of("drop/a.txt#2", "drop/c.txt"), scan(2));
  }

  /**
   * It is told of an input again when that has been read, which may be after the next was found.
   */
  @Test
  void shouldKnowTheLastOfANameInWhateverOrderItIsTold() throws IOException {
    List<WatchedFolder.Found> found = new ArrayList<>();
    for (String text : List.of("one", "two", "three")) {
      write("a.txt", text, found.size());
      watched.scan();
      clock += STABLE.toNanos();
      found.addAll(watched.scan());
    }

    watched = watched();
    for (int i : new int[] {0, 2, 1, 0, 1}) {
      watched.knows(found.get(i));
    }

    scan(0);
    assertEquals(List.of(), scan(2));
    write("a.txt", "four", 9);
    scan(0);
    assertEquals(List.of("drop/a.txt#4"), scan(2));
  }

  @Test
  void shouldNotMindFilesThatGo() throws IOException {
    Path file = write("a.txt", "one", 1);
    scan(0);
    Files.delete(file);
    assertEquals(List.of(), scan(2));
    write("a.txt", "one", 1);
    scan(0);
    assertEquals(List.of("drop/a.txt"), scan(2));
    Files.delete(file);
    assertEquals(List.of(), scan(2));
  }

  /** Nothing that lies there goes unmentioned, and nothing outside is read. */
  @Test
  void shouldRejectWhatIsNotRead() throws IOException {
    Path secret = Files.writeString(temporary.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(folder.resolve("link.txt"), secret);
    write("photo.raw", "?", 1);
    Path gone = write("gone.txt", "x", 1);
    watched.scan();
    clock += STABLE.toNanos();
    List<WatchedFolder.Found> found = watched.scan();
    Files.delete(gone);

    assertEquals(
        List.of("file.missing", "file.link", "file.suffix"),
        found.stream().map(this::reason).toList());
  }

  /** Whoever may write into the folder learns nothing of what only the run's user can read. */
  @Test
  void shouldEndALinkThatLeadsElsewhereWhileItIsRead() throws IOException {
    Path secret = Files.writeString(temporary.resolve("secret.jsonl"), "{\"text\":\"secret\"}\n");
    write("a.jsonl", "{\"text\":\"1\"}\n{\"text\":\"2\"}\n", 1);
    Path link = Files.createSymbolicLink(folder.resolve("b.jsonl"), Path.of("a.jsonl"));
    var input = new Input("drop/b.jsonl", link, Optional.of(watched.folder()));
    Place behindFirst;
    try (RecordReader reader = input.open()) {
      assertEquals("1", Items.text(reader.next().orElseThrow()));
      behindFirst = reader.place();
    }
    Files.delete(link);
    Files.createSymbolicLink(link, secret);

    Place end;
    try (RecordReader reader = input.open(behindFirst)) {
      var rest = assertInstanceOf(Item.Broken.class, reader.next().orElseThrow());
      assertEquals("file.changed", rest.rejection().reason());
      assertEquals("no file or a link that is not followed", rest.rejection().value());
      assertEquals(Optional.empty(), reader.next());
      end = reader.place();
    }
    assertTrue(end.isEnd());
    assertTrue(end.problem().startsWith("file.changed: no file or a link"), end.problem());
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("a.jsonl"));
    try (RecordReader reader = input.open(end)) {
      assertEquals(Optional.empty(), reader.next(), "what has ended stays ended");
      assertEquals(end, reader.place());
    }
  }

  private String reason(WatchedFolder.Found file) {
    var input = new Input(file.source(), file.path(), Optional.of(watched.folder()));
    try (RecordReader reader = input.open()) {
      var broken = assertInstanceOf(Item.Broken.class, reader.next().orElseThrow());
      assertEquals(Optional.empty(), reader.next());
      assertEquals(file.source(), broken.source());
      return broken.rejection().reason();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldRefuseAFolderThatIsNotThere() {
    assertThrows(IOException.class, () -> new WatchedFolder(folder.resolve("nowhere"), STABLE));
  }
}
