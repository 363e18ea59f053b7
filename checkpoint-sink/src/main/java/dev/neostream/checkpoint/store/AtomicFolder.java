package dev.neostream.checkpoint.store;

import dev.neostream.schemas.Durable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes folders that are there with all their files or not at all, after a kill and a power cut.
 */
public final class AtomicFolder {

  static final String PARTIAL = ".partial";

  /** Puts files into a folder that is new and empty. */
  public interface Contents {
    void writeTo(Path folder) throws IOException;
  }

  private AtomicFolder() {}

  /**
   * Makes a folder. It is filled beside its place, under a hidden name, and renamed; what a killed
   * writer left there is removed first. One process at a time writes a folder.
   *
   * @param target the folder; an empty one there is replaced
   * @throws FileAlreadyExistsException if there is something else at the place
   * @throws IOException if it cannot be written; nothing of it remains then
   */
  public static void write(Path target, Contents contents) throws IOException {
    Path place = target.toAbsolutePath().normalize();
    requireFree(place);
    Path parent = place.getParent();
    Path partial = place.resolveSibling("." + place.getFileName() + PARTIAL);
    try {
      Durable.createFolder(parent);
      delete(partial);
      Files.createDirectory(partial);
      contents.writeTo(partial);
      for (Path file : list(partial)) {
        Durable.force(file);
      }
      Durable.force(partial);
      requireFree(place);
      Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
      Durable.force(parent);
    } catch (IOException | RuntimeException e) {
      try {
        delete(partial);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private static void requireFree(Path place) throws IOException {
    if (Files.exists(place) && !(Files.isDirectory(place) && list(place).isEmpty())) {
      throw new FileAlreadyExistsException(
          place.toString(), null, "it must not exist or be an empty folder");
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    }
  }

  /** Deletes a folder with all that is in it, if it is there. */
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(tree)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
