package dev.neostream.ingest;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.RecordReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the files of a folder and its subfolders, one after another, in the order of their relative
 * paths. A file whose suffix is not supported is a broken item, so that nothing the user pointed at
 * goes unmentioned; files and folders whose name starts with a dot are left out, links to folders
 * are not followed.
 */
final class FolderReader implements RecordReader {

  private final String source;
  private final Path folder;
  private final Iterator<Path> files;
  private RecordReader current;

  FolderReader(String source, Path folder) throws IOException {
    this.source = source;
    this.folder = folder;
    this.files = files(folder).iterator();
  }

  /**
   * Returns the files of a folder and its subfolders in order.
   *
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
            if (!isHidden(path) && Files.isRegularFile(path)) {
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
    while (true) {
      if (current != null) {
        Optional<Item> item = current.next();
        if (item.isPresent()) {
          return item;
        }
        close();
      }
      if (!files.hasNext()) {
        return Optional.empty();
      }
      Path file = files.next();
      var origin = new Origin(source, relative(folder, file));
      Optional<RecordReader> reader = Input.open(origin, file);
      if (reader.isEmpty()) {
        return Optional.of(
            origin.broken(
                origin.file(),
                0,
                "file.suffix",
                file.getFileName().toString(),
                "a supported suffix"));
      }
      current = reader.get();
    }
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static String relative(Path folder, Path file) {
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
