package dev.neostream.ingest;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Turns the paths a user gave into inputs, or into one message that names everything wrong. */
public final class Inputs {

  private Inputs() {}

  /**
   * Returns an input for each path, in the order given. The source of an input is the name of its
   * file or folder; a name that occurs again gets {@code #2}, {@code #3} ...
   *
   * @throws IllegalArgumentException if a path is missing, unreadable, of an unsupported suffix, a
   *     folder without any supported file, or given twice; the message is one line about all of
   *     them
   */
  public static List<Input> resolve(List<Path> paths) {
    return resolve(paths, Set.of());
  }

  /** The same for inputs beside others, whose sources are taken. */
  public static List<Input> resolve(List<Path> paths, Set<String> taken) {
    Set<String> sources = new HashSet<>(taken);
    var inputs = new ArrayList<Input>();
    var problems = new ArrayList<String>();
    Set<Path> seen = new HashSet<>();
    for (Path path : paths) {
      int before = problems.size();
      check(path, problems);
      if (problems.size() == before) {
        if (!seen.add(real(path, problems))) {
          problems.add(path + " is given twice");
        }
        inputs.add(named(path, sources));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "every input must be a readable file or folder: " + String.join("; ", problems));
    }
    return List.copyOf(inputs);
  }

  /**
   * Returns the inputs of a run that goes on, under the sources that {@link #resolve} gave them,
   * whether they are there or not: one that is read to its end is not needed any more.
   */
  public static List<Input> named(List<Path> paths) {
    Set<String> sources = new HashSet<>();
    return paths.stream().map(path -> named(path, sources)).toList();
  }

  private static Input named(Path path, Set<String> taken) {
    String name = Objects.toString(path.toAbsolutePath().normalize().getFileName(), "/");
    String source = name;
    for (int count = 2; !taken.add(source); count++) {
      source = name + "#" + count;
    }
    return new Input(source, path);
  }

  private static void check(Path path, List<String> problems) {
    if (!Files.exists(path)) {
      problems.add(path + " does not exist");
    } else if (!Files.isReadable(path)) {
      problems.add(path + " is not readable, check its permissions");
    } else if (Files.isDirectory(path)) {
      checkFolder(path, problems);
    } else if (!Files.isRegularFile(path)) {
      problems.add(path + " is neither a file nor a folder");
    } else if (!Input.isSupported(path)) {
      problems.add(path + " has no supported suffix (.warc .jsonl .parquet .html .txt .jar ...)");
    }
  }

  private static void checkFolder(Path folder, List<String> problems) {
    try {
      Path real = folder.toRealPath();
      int supported = 0;
      for (Path file : FolderReader.files(real)) {
        if (!FolderReader.isRead(real, file)) {
          continue;
        }
        if (Input.isSupported(file)) {
          supported++;
        }
        if (!Files.isReadable(file)) {
          problems.add(file + " is not readable, check its permissions");
        }
      }
      if (supported == 0) {
        problems.add(folder + " holds no file with a supported suffix");
      }
    } catch (FileSystemException e) {
      problems.add(e.getFile() + " is not readable, check its permissions");
    } catch (IOException e) {
      problems.add(folder + " is not readable: " + e.getMessage());
    }
  }

  private static Path real(Path path, List<String> problems) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      problems.add(path + " is not readable: " + e.getMessage());
      return path;
    }
  }
}
