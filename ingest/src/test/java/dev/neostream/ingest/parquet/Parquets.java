package dev.neostream.ingest.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds Parquet files that no writer would: what their headers say is the caller's. */
public final class Parquets {

  private static final int ZSTD = 6;
  private static final int BYTE_ARRAY = 6;
  private static final int NUMBER = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  private Parquets() {}

  /**
   * A column of strings.
   *
   * @param pages all pages of its only chunk, headers included
   */
  public record Column(String name, boolean optional, byte[] pages) {}

  /** Returns a file whose row groups, of so many rows each, all refer to the same pages. */
  public static byte[] file(int groups, long rows, Column... columns) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(ascii("PAR1"));
    var schema = new ArrayList<byte[]>();
    schema.add(new Struct().text(4, "schema").number(5, columns.length).end());
    var chunks = new ArrayList<byte[]>();
    for (Column column : columns) {
      schema.add(
          new Struct()
              .number(1, BYTE_ARRAY)
              .number(3, column.optional ? 1 : 0)
              .text(4, column.name)
              .number(6, 0)
              .end());
      Struct data =
          new Struct()
              .number(1, BYTE_ARRAY)
              .list(3, BINARY, List.of(prefixed(ascii(column.name))))
              .number(4, ZSTD)
              .number(7, column.pages.length)
              .number(9, out.size());
      chunks.add(new Struct().number(2, 0).struct(3, data).end());
      out.writeBytes(column.pages);
    }
    byte[] group = new Struct().list(1, STRUCT, chunks).number(3, rows).end();
    var groupList = new ArrayList<byte[]>();
    for (int i = 0; i < groups; i++) {
      groupList.add(group);
    }
    byte[] footer =
        new Struct()
            .number(1, 2)
            .list(2, STRUCT, schema)
            .number(3, groups * rows)
            .list(4, STRUCT, groupList)
            .end();
    out.writeBytes(footer);
    out.writeBytes(littleEndian(footer.length));
    out.writeBytes(ascii("PAR1"));
    return out.toByteArray();
  }

  /** Returns a dictionary page with its header. */
  public static byte[] dictionary(byte[] values, long count) {
    return page(2, values, 7, new Struct().number(1, count).number(2, 0));
  }

  /** Returns a page of data with its header. */
  public static byte[] data(byte[] content, long rows, int encoding) {
    Struct header = new Struct().number(1, rows).number(2, encoding).number(3, 3).number(4, 3);
    return page(0, content, 5, header);
  }

  private static byte[] page(int type, byte[] content, int field, Struct header) {
    byte[] compressed = Zstd.compress(content);
    byte[] head =
        new Struct()
            .number(1, type)
            .number(2, content.length)
            .number(3, compressed.length)
            .struct(field, header)
            .end();
    return concat(head, compressed);
  }

  /** Returns a string as plain pages hold it. */
  public static byte[] plain(byte[] value) {
    return concat(littleEndian(value.length), value);
  }

  /** Returns a run of one number (RLE) of so many bytes. */
  public static byte[] run(long length, int... value) {
    byte[] bytes = varint(length << 1);
    byte[] run = new byte[bytes.length + value.length];
    System.arraycopy(bytes, 0, run, 0, bytes.length);
    for (int i = 0; i < value.length; i++) {
      run[bytes.length + i] = (byte) value[i];
    }
    return run;
  }

  public static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  public static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  public static byte[] varint(long value) {
    var out = new ByteArrayOutputStream();
    long left = value;
    for (; left >>> 7 != 0; left >>>= 7) {
      out.write((int) (left | 0x80));
    }
    out.write((int) left);
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] prefixed(byte[] bytes) {
    return concat(varint(bytes.length), bytes);
  }

  /** A struct of Thrift's compact protocol, its fields in rising order. */
  private static final class Struct {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int last;

    Struct number(int field, long value) {
      return field(field, NUMBER, varint(value << 1 ^ value >> 63));
    }

    Struct text(int field, String value) {
      return field(field, BINARY, prefixed(ascii(value)));
    }

    Struct struct(int field, Struct value) {
      return field(field, STRUCT, value.end());
    }

    Struct list(int field, int type, List<byte[]> elements) {
      var list = new ByteArrayOutputStream();
      list.write(0xf0 | type);
      list.writeBytes(varint(elements.size()));
      elements.forEach(list::writeBytes);
      return field(field, LIST, list.toByteArray());
    }

    private Struct field(int field, int type, byte[] value) {
      out.write(field - last << 4 | type);
      out.writeBytes(value);
      last = field;
      return this;
    }

    byte[] end() {
      return concat(out.toByteArray(), new byte[1]);
    }
  }
}
