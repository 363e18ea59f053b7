package dev.neostream.ingest.parquet;

import dev.neostream.ingest.parquet.ParquetFile.Chunk;
import dev.neostream.ingest.parquet.ParquetFile.Column;
import dev.neostream.ingest.segment.Growth;
import dev.neostream.ingest.segment.StorageFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.ZipException;

/** The values of a column in one row group. One page is in memory at a time, and a dictionary. */
final class ColumnChunk {

  private static final int DATA_PAGE = 0;
  private static final int DICTIONARY_PAGE = 2;
  private static final int DATA_PAGE_V2 = 3;

  private static final int LEAST_HEADER_BYTES = 1 << 8;

  /** Headers hold the smallest and largest value of their page, which may be documents. */
  private static final int MOST_HEADER_BYTES = 32 << 20;

  private final StorageFile file;
  private final Column column;
  private final Chunk chunk;
  private final Growth growth;
  private final HeldPages memory;
  private final int width;
  private long position;
  private Dictionary dictionary = Dictionary.EMPTY;
  private long dictionaryBytes;
  private long pageBytes;
  private boolean paid;
  private ThriftStruct header;
  private long rowsLeft;
  private Values.RunLengths levels;
  private Values values;

  /**
   * @param growth what the file may still give out; what is read of pages is taken off it
   * @param memory what the columns of the row group hold
   */
  ColumnChunk(StorageFile file, Column column, Chunk chunk, Growth growth, HeldPages memory) {
    this.file = file;
    this.column = column;
    this.chunk = chunk;
    this.growth = growth;
    this.memory = memory;
    this.width =
        switch (column.kind()) {
          case STRING, BINARY -> 0;
          case INT32, DATE -> Integer.BYTES;
          default -> Long.BYTES;
        };
    this.position = chunk.offset();
  }

  /**
   * Returns the value of the next row, or nothing if it is missing.
   *
   * @throws dev.neostream.ingest.segment.ReadFailure if the storage fails
   * @throws IOException if the column is damaged
   */
  Optional<byte[]> next() throws IOException {
    try {
      while (rowsLeft == 0) {
        nextPage();
      }
      if (values == null) {
        decodePage();
      }
      boolean present = levels == null || levels.next() == column.levels();
      Optional<byte[]> value = present ? Optional.of(values.next()) : Optional.empty();
      rowsLeft--;
      if (rowsLeft == 0) {
        leavePage(); // at once, so that a reader that begins here holds as much as one that was
        // here
      }
      return value;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new ZipException("page must hold a value for each row");
    }
  }

  /**
   * Passes over rows that an earlier reader returned, and took off what the file may give out; a
   * page with none of the others is not even decompressed.
   */
  void skip(long rows) throws IOException {
    paid = true;
    long left = rows;
    while (left > 0 && left >= rowsLeft) {
      left -= rowsLeft;
      rowsLeft = 0;
      if (left > 0) {
        nextPage();
      }
    }
    for (; left > 0; left--) {
      next();
    }
    paid = false;
  }

  private int levelBits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(column.levels());
  }

  private void pay(long bytes) throws IOException {
    if (!paid) {
      growth.spend(bytes);
    }
  }

  private void leavePage() {
    values = null;
    levels = null;
    memory.giveBack(pageBytes);
    pageBytes = 0;
  }

  /** Goes behind the current page to the next one of data. */
  private void nextPage() throws IOException {
    while (rowsLeft == 0) {
      position += header == null ? 0 : header.number(3, 0);
      if (position >= chunk.offset() + chunk.bytes()) {
        throw new EOFException("column must have a value for each row");
      }
      header = readHeader();
      int type = (int) header.number(1, -1);
      if (type == DICTIONARY_PAGE) {
        readDictionary();
      } else if (type == DATA_PAGE || type == DATA_PAGE_V2) {
        rowsLeft = Math.max(0, header.struct(type == DATA_PAGE ? 5 : 8).number(1, 0));
        values = null;
      }
    }
  }

  private ThriftStruct readHeader() throws IOException {
    for (int bytes = LEAST_HEADER_BYTES; ; bytes *= 4) {
      file.seek(position);
      ByteBuffer in = ByteBuffer.wrap(file.read(bytes));
      try {
        ThriftStruct read = ThriftStruct.read(in);
        position += in.position();
        pay(in.position());
        long compressed = read.number(3, -1);
        long size = read.number(2, -1);
        if (compressed < 0 || size < 0 || Math.max(compressed, size) > Page.MAX_BYTES) {
          throw new ZipException(
              "page must have at most "
                  + Page.MAX_BYTES
                  + " bytes: n="
                  + Math.max(compressed, size));
        }
        return read;
      } catch (BufferUnderflowException e) {
        if (in.limit() < bytes || bytes >= MOST_HEADER_BYTES) {
          throw new EOFException("page must have a whole header");
        }
      }
    }
  }

  private byte[] readPage() throws IOException {
    file.seek(position);
    byte[] page = file.read((int) header.number(3, 0));
    if (page.length < header.number(3, 0)) {
      throw new EOFException("page must be whole");
    }
    return page;
  }

  private void readDictionary() throws IOException {
    int size = (int) header.number(2, 0);
    long count = header.struct(7).number(1, 0);
    if (count < 0 || count > size / (width == 0 ? Integer.BYTES : width)) {
      throw new ZipException("dictionary must fit its page: values=" + count);
    }
    dictionary = Dictionary.EMPTY;
    memory.giveBack(dictionaryBytes);
    dictionaryBytes = 0;
    pay(size);
    long bytes = Dictionary.memory(size, count, width);
    memory.take(bytes);
    dictionaryBytes = bytes;
    byte[] page = Page.decompress(chunk.codec(), readPage(), size);
    dictionary = Dictionary.of(page, (int) count, width);
  }

  private void decodePage() throws IOException {
    boolean first = header.number(1, -1) == DATA_PAGE;
    int encoding = (int) (first ? header.struct(5).number(2, -1) : header.struct(8).number(4, -1));
    long bytes = header.number(2, 0) + Values.memory(encoding, rowsLeft);
    pay(bytes);
    memory.take(bytes);
    pageBytes = bytes;
    byte[] page = readPage();
    if (first) {
      ByteBuffer in =
          ByteBuffer.wrap(Page.decompress(chunk.codec(), page, (int) header.number(2, 0)))
              .order(ByteOrder.LITTLE_ENDIAN);
      if (column.levels() > 0) {
        int length = in.getInt();
        levels = new Values.RunLengths(in.slice(in.position(), length), levelBits());
        in.position(in.position() + length);
      }
      values = Values.of(encoding, in, width, rowsLeft, dictionary);
    } else {
      ThriftStruct v2 = header.struct(8);
      int levelBytes = (int) (v2.number(5, 0) + v2.number(6, 0));
      if (column.levels() > 0) {
        var in = ByteBuffer.wrap(page).slice((int) v2.number(6, 0), (int) v2.number(5, 0));
        levels = new Values.RunLengths(in, levelBits());
      }
      byte[] data = Arrays.copyOfRange(page, levelBytes, page.length);
      if (v2.number(7, 1) == 1) {
        data = Page.decompress(chunk.codec(), data, (int) header.number(2, 0) - levelBytes);
      }
      values = Values.of(encoding, ByteBuffer.wrap(data), width, rowsLeft, dictionary);
    }
  }
}
