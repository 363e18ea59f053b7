package dev.neostream.dedup.near;

import dev.neostream.dedup.DedupStage;
import dev.neostream.schemas.AtomicFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * A folder that remembers all documents of earlier calls and what was decided about them, so that a
 * later call decides as if all had come at once.
 *
 * <pre>
 *   documents-N   traits of the documents of one call, never changed
 *   decisions     format, settings, the files above with their lengths, a decision a document,
 *                 CRC-32 of all of it
 *   lock          held while the folder is open
 * </pre>
 *
 * <p>{@code decisions} is replaced in one step after everything it speaks of is on the disk: a
 * process killed at any moment leaves the state before or after its call.
 */
public final class DedupState implements AutoCloseable {

  private static final String FORMAT = "neo-dedup-state/1";
  private static final String DECISIONS = "decisions";

  /** A file of documents and its length. */
  private record Part(String name, long bytes) {}

  private final Path folder;
  private final Map<String, String> settings;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final Catalogue documents = new Catalogue();
  private final List<Part> parts = new ArrayList<>();
  private Decisions decisions = new Decisions(0);
  private TraitsFile fresh;

  /**
   * Opens a folder, or makes a new one.
   *
   * @param settings what decisions depend on, see {@link Deduplication#settings}
   * @throws IllegalArgumentException if the state was made with other settings, the message names
   *     the first
   * @throws IllegalStateException if another process has the folder open
   * @throws IOException if the state cannot be read or is damaged
   */
  public static DedupState open(Path folder, Map<String, String> settings) throws IOException {
    Files.createDirectories(folder);
    var state = new DedupState(folder, settings);
    try {
      state.load();
    } catch (IOException | RuntimeException e) {
      state.close();
      throw e;
    }
    return state;
  }

  private DedupState(Path folder, Map<String, String> settings) throws IOException {
    this.folder = folder;
    this.settings = new LinkedHashMap<>(settings);
    lockFile =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    lock = lock(lockFile);
    if (lock == null) {
      lockFile.close();
      throw new IllegalStateException(
          "the state must not be in use: folder=" + folder + "; wait for the other call to end");
    }
  }

  private static FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void load() throws IOException {
    if (Files.exists(folder.resolve(DECISIONS))) {
      read(folder.resolve(DECISIONS));
    }
    fresh = TraitsFile.create(folder.resolve(freshName()));
    documents.begin(fresh);
  }

  private String freshName() {
    return "documents-" + parts.size();
  }

  private void read(Path file) throws IOException {
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
      var checked = new CheckedInputStream(bytes, new CRC32());
      var in = new DataInputStream(checked);
      String format = in.readUTF();
      if (!format.equals(FORMAT)) {
        throw new IOException(
            "the state must have the format " + FORMAT + ": format=" + format + ", file=" + file);
      }
      var made = new LinkedHashMap<String, String>();
      for (int n = in.readInt(); n > 0; n--) {
        made.put(in.readUTF(), in.readUTF());
      }
      requireSame(made);
      for (int n = in.readInt(); n > 0; n--) {
        parts.add(new Part(in.readUTF(), in.readLong()));
      }
      decisions = decisions(in);
      if (checked.getChecksum().getValue() != in.readLong()) {
        throw damaged(DECISIONS);
      }
    } catch (EOFException e) {
      throw damaged(DECISIONS);
    }
    for (Part part : parts) {
      TraitsFile traits = TraitsFile.open(folder.resolve(part.name));
      if (traits.length() != part.bytes) {
        traits.close();
        throw damaged(part.name);
      }
      documents.load(traits);
    }
    if (documents.size() != decisions.size()) {
      throw damaged(DECISIONS);
    }
  }

  private IOException damaged(String file) {
    return new IOException(
        "the state must be whole: a file is damaged, file="
            + folder.resolve(file)
            + "; make the state again from its inputs");
  }

  private void requireSame(Map<String, String> made) {
    for (var setting : settings.entrySet()) {
      String then = made.getOrDefault(setting.getKey(), "unknown");
      if (!then.equals(setting.getValue())) {
        throw new IllegalArgumentException(
            setting.getKey()
                + " must be what the state was made with: state="
                + then
                + ", given="
                + setting.getValue()
                + ", folder="
                + folder);
      }
    }
  }

  /** Returns all documents, those of earlier calls first; add those of this call to it. */
  public Catalogue documents() {
    return documents;
  }

  /** Returns what was decided about the documents of earlier calls. */
  public Decisions decisions() {
    return decisions;
  }

  /** Keeps the documents added and what is decided about all from now on. */
  public void commit(Decisions now) throws IOException {
    List<Part> all = new ArrayList<>(parts);
    if (fresh.length() > 0) {
      fresh.force();
      all.add(new Part(freshName(), fresh.length()));
    }
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeUTF(FORMAT);
    out.writeInt(settings.size());
    for (var setting : settings.entrySet()) {
      out.writeUTF(setting.getKey());
      out.writeUTF(setting.getValue());
    }
    out.writeInt(all.size());
    for (Part part : all) {
      out.writeUTF(part.name);
      out.writeLong(part.bytes);
    }
    write(now, out);
    var checksum = new CRC32();
    checksum.update(bytes.toByteArray());
    out.writeLong(checksum.getValue());
    AtomicFile.write(folder.resolve(DECISIONS), bytes.toByteArray());
  }

  private static void write(Decisions decisions, DataOutputStream out) throws IOException {
    out.writeInt(decisions.size());
    for (int i = 0; i < decisions.size(); i++) {
      out.writeInt(decisions.canonical(i));
      if (!decisions.isUnique(i)) {
        out.writeByte(decisions.rule(i).ordinal());
        out.writeDouble(decisions.jaccard(i).orElse(Double.NaN));
        out.writeBoolean(decisions.isExact(i));
      }
    }
  }

  private Decisions decisions(DataInputStream in) throws IOException {
    int size = in.readInt();
    if (size < 0 || size > Files.size(folder.resolve(DECISIONS))) {
      throw damaged(DECISIONS);
    }
    var read = new Decisions(size);
    for (int i = 0; i < size; i++) {
      int canonical = in.readInt();
      if (canonical >= 0) {
        int rule = in.readByte();
        if (rule < 0 || rule >= DedupStage.values().length) {
          throw damaged(DECISIONS);
        }
        read.duplicate(i, canonical, DedupStage.values()[rule], in.readDouble(), in.readBoolean());
      }
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    try {
      documents.close();
    } finally {
      lock.release();
      lockFile.close();
    }
  }
}
