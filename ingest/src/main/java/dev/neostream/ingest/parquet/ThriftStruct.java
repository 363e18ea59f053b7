package dev.neostream.ingest.parquet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;

/**
 * A struct of Thrift's compact protocol, field by number; what a reader does not ask for is kept.
 */
final class ThriftStruct {

  private static final int TRUE = 1;
  private static final int FALSE = 2;
  private static final int BYTE = 3;
  private static final int DOUBLE = 7;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int SET = 10;
  private static final int STRUCT = 12;

  private static final int MAX_DEPTH = 16;
  private static final int MAX_VALUES = 4 << 20;
  private static final int MAX_BYTES = 1 << 28;

  private final Map<Integer, Object> fields = new HashMap<>(4);

  private ThriftStruct() {}

  /**
   * Reads a struct.
   *
   * @throws BufferUnderflowException if it does not end inside the buffer
   * @throws ZipException if it is damaged or too large
   */
  static ThriftStruct read(ByteBuffer in) throws ZipException {
    return new Decoder(in).struct(0);
  }

  /** Returns a number or a boolean as 0 or 1; {@code otherwise} if there is none. */
  long number(int field, long otherwise) {
    return fields.get(field) instanceof Long value ? value : otherwise;
  }

  /** Returns the bytes of a string; empty if there is none. */
  byte[] bytes(int field) {
    return fields.get(field) instanceof byte[] value ? value : new byte[0];
  }

  /** Returns a struct; one without fields if there is none. */
  ThriftStruct struct(int field) {
    return fields.get(field) instanceof ThriftStruct value ? value : new ThriftStruct();
  }

  boolean has(int field) {
    return fields.containsKey(field);
  }

  /** Returns the structs of a list; none if there is no list. */
  List<ThriftStruct> structs(int field) {
    return values(field, ThriftStruct.class);
  }

  /** Returns the strings of a list; none if there is no list. */
  List<byte[]> strings(int field) {
    return values(field, byte[].class);
  }

  private <T> List<T> values(int field, Class<T> type) {
    return fields.get(field) instanceof List<?> list
        ? list.stream().filter(type::isInstance).map(type::cast).toList()
        : List.of();
  }

  private static final class Decoder {

    private final ByteBuffer in;
    private int values;

    Decoder(ByteBuffer in) {
      this.in = in;
    }

    ThriftStruct struct(int depth) throws ZipException {
      var struct = new ThriftStruct();
      int field = 0;
      for (int header = in.get() & 0xff; header != 0; header = in.get() & 0xff) {
        int delta = header >> 4;
        field = delta == 0 ? (int) zigzag() : field + delta;
        struct.fields.put(field, value(header & 0xf, depth));
      }
      return struct;
    }

    private Object value(int type, int depth) throws ZipException {
      if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
        throw new ZipException("metadata must be of reasonable size and depth: values=" + values);
      }
      return switch (type) {
        case TRUE -> 1L;
        case FALSE -> 0L;
        case BYTE -> (long) in.get();
        case 4, 5, 6 -> zigzag();
        case DOUBLE -> Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
        case BINARY -> {
          byte[] bytes = new byte[length(1)];
          in.get(bytes);
          yield bytes;
        }
        case LIST, SET -> list(depth);
        case STRUCT -> struct(depth + 1);
        default -> throw new ZipException("metadata must have known types: type=" + type);
      };
    }

    private List<Object> list(int depth) throws ZipException {
      int header = in.get() & 0xff;
      int type = header & 0xf;
      int size = header >> 4 == 15 ? length(1) : header >> 4;
      var list = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        boolean flag = type == TRUE || type == FALSE;
        list.add(value(flag ? BYTE : type, depth + 1));
      }
      return list;
    }

    /** Reads a number of things of so many bytes at least, which must still be there. */
    private int length(int bytes) throws ZipException {
      long length = varint();
      if (length < 0 || length > MAX_BYTES / bytes) {
        throw new ZipException("metadata must fit its size: length=" + length);
      }
      if (length > in.remaining() / bytes) {
        // The buffer may hold the beginning only.
        throw new BufferUnderflowException();
      }
      return (int) length;
    }

    private long zigzag() throws ZipException {
      long value = varint();
      return value >>> 1 ^ -(value & 1);
    }

    private long varint() throws ZipException {
      return Values.varint(in);
    }
  }
}
