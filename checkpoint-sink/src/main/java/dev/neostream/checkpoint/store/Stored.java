package dev.neostream.checkpoint.store;

import dev.neostream.checkpoint.format.Safetensors;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.schemas.avro.CheckpointFile;
import dev.neostream.schemas.avro.CheckpointManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A complete checkpoint on disk.
 *
 * @param folder where its files lie
 * @param manifest as read from {@code manifest.json}
 */
public record Stored(Path folder, CheckpointManifest manifest) {

  /** Name of the file that is written last. */
  static final String MANIFEST = "manifest.json";

  private static final int READ_BUFFER = 1 << 20;

  /**
   * Checks the file names, which decide what is opened.
   *
   * @throws IllegalArgumentException if a name leads out of the folder or is listed twice
   */
  public Stored {
    Set<String> names = new HashSet<>();
    for (CheckpointFile file : manifest.getFiles()) {
      checkName(file.getName());
      if (!names.add(file.getName())) {
        throw new IllegalArgumentException(
            "a file must be listed once: folder=%s, file=%s".formatted(folder, file.getName()));
      }
    }
  }

  /**
   * Returns the path of a listed file.
   *
   * @throws IllegalArgumentException if the manifest does not list it
   */
  public Path file(String name) {
    List<String> names = manifest.getFiles().stream().map(CheckpointFile::getName).toList();
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "the manifest must list the file: folder=%s, file=%s, listed=%s"
              .formatted(folder, name, names));
    }
    return folder.resolve(name);
  }

  /**
   * Returns the tensors of a listed safetensors file, as views of the mapped file.
   *
   * @throws IllegalArgumentException if the manifest does not list it
   * @throws IOException if it is not a well-formed safetensors file
   */
  public List<Tensor> tensors(String file) throws IOException {
    return Safetensors.read(file(file));
  }

  /**
   * Reads every listed file and compares its size and SHA-256 with the manifest.
   *
   * @throws IOException naming the first file that is missing, of another size, or changed
   */
  public void verify() throws IOException {
    for (CheckpointFile listed : manifest.getFiles()) {
      Path file = folder.resolve(listed.getName());
      if (!Files.isRegularFile(file)) {
        throw new IOException("%s: missing from the checkpoint".formatted(file));
      }
      long bytes = Files.size(file);
      if (bytes != listed.getBytes()) {
        throw new IOException(
            "%s: %s: expected=%d bytes, found=%d"
                .formatted(
                    file,
                    bytes < listed.getBytes() ? "truncated" : "longer than written",
                    listed.getBytes(),
                    bytes));
      }
      String sha256 = sha256(file);
      if (!sha256.equals(listed.getSha256())) {
        throw new IOException(
            "%s: changed since it was written: expected sha256=%s, found=%s"
                .formatted(file, listed.getSha256(), sha256));
      }
    }
  }

  /** Returns what a manifest says about a file. */
  static CheckpointFile describe(Path file) throws IOException {
    return new CheckpointFile(file.getFileName().toString(), Files.size(file), sha256(file));
  }

  /** Refuses names that are hidden, lead elsewhere, or would replace the manifest. */
  static void checkName(String name) {
    boolean plain =
        !name.isEmpty()
            && name.charAt(0) != '.'
            && name.chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '.'
                            || c == '_'
                            || c == '-');
    if (!plain || name.equals(MANIFEST)) {
      throw new IllegalArgumentException(
          "a file name must be of A-Z a-z 0-9 . _ - and neither hidden nor %s: file=%s"
              .formatted(MANIFEST, name));
    }
  }

  private static String sha256(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocate(READ_BUFFER);
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
