package dev.neostream.ingest;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.file.UnreadFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the files of a folder and its subfolders, one after another, in the order of their relative
 * paths. A file whose suffix is not supported is a broken item, so that nothing the user pointed at
 * goes unmentioned; files and folders whose name starts with a dot are left out.
 *
 * <p>A link is read if it leads to a file of the same folder. Any other is a broken item: who may
 * write into the folder must not make somebody else's run read what only that run's user can.
 */
final class FolderReader implements RecordReader {

  private final String source;
  private final Path folder;
  private final List<Path> files;
  private int file;
  private Place place;
  private RecordReader current;

  /**
   * @param from where an earlier reader of the folder stopped
   * @throws IllegalStateException if the folder no longer holds the file of that place
   */
  FolderReader(String source, Path folder, Place from) throws IOException {
    this.source = source;
    this.folder = folder.toRealPath();
    this.files = files(this.folder);
    this.place = from;
    while (!from.file().isEmpty() && !name().equals(from.file())) {
      file++;
    }
  }

  /**
   * Returns the files of a folder and its subfolders in order, links and pipes included.
   *
   * @param folder the folder itself, no link to it
   * @throws IOException if a folder cannot be read
   */
  static List<Path> files(Path folder) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return isHidden(path) && !path.equals(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (!isHidden(path)) {
              files.add(path);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(path -> relative(folder, path)));
    return files;
  }

  @Override
  public Optional<Item> next() throws IOException {
    for (; file < files.size(); file++) {
      if (current == null) {
        current = open(folder, new Origin(source, name()), files.get(file), place.in(""));
      }
      Optional<Item> item = current.next();
      if (item.isPresent()) {
        place = current.place().in(name());
        return item;
      }
      close();
      place = Place.START;
    }
    return Optional.empty();
  }

  /**
   * Returns a reader of a file of a folder.
   *
   * @param folder the folder itself, no link to it
   */
  static RecordReader open(Path folder, Origin origin, Path path, Place from) throws IOException {
    if (!Files.isReadable(path) && !Files.isSymbolicLink(path)) {
      return UnreadFile.missing(origin, from);
    }
    Optional<String> elsewhere = leadsElsewhere(folder, path);
    if (elsewhere.isPresent()) {
      return UnreadFile.link(origin, elsewhere.get(), from);
    }
    return Files.isRegularFile(path)
        ? Input.open(origin, path, from)
        : UnreadFile.special(origin, from);
  }

  /** True for a file, and for a link to one of the same folder. */
  static boolean isRead(Path folder, Path path) throws IOException {
    return leadsElsewhere(folder, path).isEmpty() && Files.isRegularFile(path);
  }

  /** Returns where a link leads if it is not followed; empty for a file and for other links. */
  private static Optional<String> leadsElsewhere(Path folder, Path path) throws IOException {
    if (!Files.isSymbolicLink(path)) {
      return Optional.empty();
    }
    Path target;
    try {
      target = path.toRealPath();
    } catch (FileSystemException e) {
      return Optional.of("to nothing that can be read");
    }
    if (!target.startsWith(folder)) {
      return Optional.of("out of the folder");
    }
    return Files.isDirectory(target) ? Optional.of("to a folder") : Optional.empty();
  }

  @Override
  public Place place() {
    return place;
  }

  private String name() {
    if (file == files.size()) {
      throw new IllegalStateException(
          "a folder must not change while a run uses it: folder="
              + folder
              + ", missing="
              + place.file());
    }
    return relative(folder, files.get(file));
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  static String relative(Path folder, Path file) {
    return folder.relativize(file).toString().replace(File.separatorChar, '/');
  }

  @Override
  public void close() throws IOException {
    if (current != null) {
      current.close();
      current = null;
    }
  }
}
