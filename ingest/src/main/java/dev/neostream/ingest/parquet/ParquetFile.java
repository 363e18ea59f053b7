package dev.neostream.ingest.parquet;

import dev.neostream.ingest.segment.StorageFile;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;

/**
 * Footer of a Parquet file.
 *
 * @param columns columns that are not repeated, nor part of one that is, by the names on the way to
 *     them, joined by dots
 * @param rowGroups in the order of the file
 */
record ParquetFile(Map<String, Column> columns, List<RowGroup> rowGroups) {

  private static final int MAGIC = 0x31524150; // PAR1
  private static final int MAX_FOOTER_BYTES = 64 << 20;

  /** Characters of the names on the way to a column; deeper ones are no columns of a corpus. */
  private static final int MAX_PATH = 1 << 9;

  private static final int REQUIRED = 0;
  private static final int REPEATED = 2;

  /** Kinds of values that are read. */
  enum Kind {
    STRING,
    BINARY,
    INT32,
    INT64,
    DATE,
    MILLIS,
    MICROS,
    NANOS,
    OTHER
  }

  /**
   * @param levels how many of the names on the way to it may be missing: the definition level of a
   *     value that is there
   */
  record Column(Kind kind, int levels) {}

  /**
   * @param rows number of rows
   * @param chunks where the values of each column lie
   */
  record RowGroup(long rows, Map<String, Chunk> chunks) {}

  /**
   * @param offset of the first page, dictionary or data
   * @param bytes of all pages
   * @param codec number of the compression codec
   */
  record Chunk(long offset, long bytes, int codec) {}

  /**
   * Reads the footer.
   *
   * @throws ZipException if it is damaged
   * @throws IOException if the storage fails
   */
  static ParquetFile read(StorageFile file) throws IOException {
    long size = file.size();
    file.seek(Math.max(0, size - 8));
    ByteBuffer end = ByteBuffer.wrap(file.read(8)).order(ByteOrder.LITTLE_ENDIAN);
    if (size < 12 || end.getInt(4) != MAGIC) {
      throw new ZipException("file must end with PAR1, and not be encrypted");
    }
    long length = Integer.toUnsignedLong(end.getInt(0));
    if (length > Math.min(MAX_FOOTER_BYTES, size - 12)) {
      throw new ZipException("footer must fit the file and 64 MiB: bytes=" + length);
    }
    file.seek(size - 8 - length);
    try {
      return of(ThriftStruct.read(ByteBuffer.wrap(file.read((int) length))));
    } catch (BufferUnderflowException e) {
      throw new ZipException("footer must be complete");
    }
  }

  private static ParquetFile of(ThriftStruct footer) {
    List<ThriftStruct> schema = footer.structs(2);
    Map<String, Column> columns = new HashMap<>();
    for (int i = 1; i < schema.size(); ) {
      i = add(schema, i, "", 0, columns);
    }
    var groups = new ArrayList<RowGroup>();
    for (ThriftStruct group : footer.structs(4)) {
      Map<String, Chunk> chunks = new HashMap<>();
      for (ThriftStruct column : group.structs(1)) {
        ThriftStruct data = column.struct(3);
        List<byte[]> path = data.strings(3);
        // A chunk may lie in another file by the format; nobody writes that.
        if (!column.has(1)) {
          long first = data.number(9, 0);
          long dictionary = data.number(11, 0);
          long offset = dictionary > 0 ? Math.min(dictionary, first) : first;
          chunks.putIfAbsent(
              String.join(".", path.stream().map(ParquetFile::text).toList()),
              new Chunk(offset, data.number(7, 0), (int) data.number(4, 0)));
        }
      }
      groups.add(new RowGroup(group.number(3, 0), chunks));
    }
    return new ParquetFile(columns, groups);
  }

  /** Adds a column, or those inside a group; returns the index behind it. */
  private static int add(
      List<ThriftStruct> schema,
      int index,
      String prefix,
      int levels,
      Map<String, Column> columns) {
    ThriftStruct element = schema.get(index);
    long repetition = element.number(3, REQUIRED);
    if (repetition == REPEATED || prefix.length() > MAX_PATH) {
      return behind(schema, index);
    }
    String name = prefix + text(element.bytes(4));
    int own = levels + (repetition == REQUIRED ? 0 : 1);
    long children = element.number(5, 0);
    if (children <= 0) {
      columns.putIfAbsent(name, new Column(kind(element), own));
    }
    int next = index + 1;
    for (long i = 0; i < children && next < schema.size(); i++) {
      next = add(schema, next, name + ".", own, columns);
    }
    return next;
  }

  /** Returns the index behind an element and all elements inside it. */
  private static int behind(List<ThriftStruct> schema, int index) {
    long left = 1;
    int i = index;
    for (; left > 0 && i < schema.size(); i++) {
      left += Math.max(0, schema.get(i).number(5, 0)) - 1;
    }
    return i;
  }

  private static Kind kind(ThriftStruct element) {
    long converted = element.number(6, -1);
    ThriftStruct logical = element.struct(10);
    ThriftStruct unit = logical.struct(8).struct(2);
    return switch ((int) element.number(1, -1)) {
      case 1 -> converted == 6 || logical.has(6) ? Kind.DATE : Kind.INT32;
      case 2 -> {
        if (converted == 9 || unit.has(1)) {
          yield Kind.MILLIS;
        }
        yield converted == 10 || unit.has(2) ? Kind.MICROS : unit.has(3) ? Kind.NANOS : Kind.INT64;
      }
      case 6 -> converted == 0 || logical.has(1) ? Kind.STRING : Kind.BINARY;
      default -> Kind.OTHER;
    };
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
