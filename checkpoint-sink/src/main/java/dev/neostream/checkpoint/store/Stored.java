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
    return folder.resolve(listed(name).getName());
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
      verify(listed.getName());
    }
  }

  /**
   * Reads a listed file and compares its size and SHA-256 with the manifest.
   *
   * @throws IllegalArgumentException if the manifest does not list it
   * @throws IOException if it is missing, of another size, or changed
   */
  public void verify(String name) throws IOException {
    CheckpointFile listed = listed(name);
    Path file = folder.resolve(name);
    requireSize(listed, file);
    requireDigest(listed, file, sha256(file));
  }

  /**
   * Copies a listed file, and compares what it copies with the manifest.
   *
   * @param copy a new file
   * @throws IllegalArgumentException if the manifest does not list it
   * @throws IOException if it is missing, of another size, or changed; the copy is then worth
   *     nothing
   */
  public void copy(String name, Path copy) throws IOException {
    CheckpointFile listed = listed(name);
    Path file = folder.resolve(name);
    requireSize(listed, file);
    try (FileChannel target =
        FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      String sha256 =
          sha256(
              file,
              bytes -> {
                while (bytes.hasRemaining()) {
                  target.write(bytes);
                }
              });
      requireDigest(listed, file, sha256);
    }
  }

  private CheckpointFile listed(String name) {
    return manifest.getFiles().stream()
        .filter(file -> file.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the manifest must list the file: folder=%s, file=%s, listed=%s"
                        .formatted(
                            folder,
                            name,
                            manifest.getFiles().stream().map(CheckpointFile::getName).toList())));
  }

  private static void requireSize(CheckpointFile listed, Path file) throws IOException {
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
  }

  private static void requireDigest(CheckpointFile listed, Path file, String sha256)
      throws IOException {
    if (!sha256.equals(listed.getSha256())) {
      throw new IOException(
          "%s: changed since it was written: expected sha256=%s, found=%s"
              .formatted(file, listed.getSha256(), sha256));
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

  private interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  private static String sha256(Path file) throws IOException {
    return sha256(file, bytes -> {});
  }

  /** Returns the digest of what the sink was given, which is all of the file. */
  private static String sha256(Path file, Sink sink) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocate(READ_BUFFER);
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        sink.write(buffer.rewind());
        buffer.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
