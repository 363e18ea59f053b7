package dev.neostream.ingest.parquet;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.JsonRecord;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.parquet.ParquetFile.Column;
import dev.neostream.ingest.parquet.ParquetFile.Kind;
import dev.neostream.ingest.parquet.ParquetFile.RowGroup;
import dev.neostream.ingest.segment.Growth;
import dev.neostream.ingest.segment.ReadFailure;
import dev.neostream.ingest.segment.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Reads Parquet files: one item a row.
 *
 * <pre>
 *   text | html | content | raw_content   the document, the first of these columns that holds strings
 *   url | id                              its url, strings or integers; without either it is file#row
 *   domain                                mixture domain
 *   id, language, date                    attributes
 * </pre>
 *
 * <p>Columns inside a group that is not repeated count where there is none of the name by itself:
 * {@code document.text}, and then {@code document.url}. Other columns are not read. Pages may be
 * plain, dictionary or delta encoded, and compressed by snappy, gzip, brotli, lz4, zstd or not at
 * all. The offset of an item is its row, from 0. A place is a row group and the rows of it that
 * were returned; pages that hold none of the others are not decompressed again. Damage ends its row
 * group, the rest of which is one broken item; so does what would take too much memory, or come to
 * more than a file of this size may give out.
 */
public final class ParquetReader implements RecordReader {

  /** What a row costs besides its values: rows without any are not for free. */
  private static final int ROW_BYTES = 64;

  /** Stands for the column of texts, whatever its name. */
  private static final String TEXT = "";

  private static final List<String> FIELDS =
      List.of(TEXT, "url", "domain", "id", "language", "date");

  private static final List<String> ATTRIBUTES = List.of("id", "language", "date");

  private final Origin origin;
  private final StorageFile file;
  private final Growth growth;
  private ParquetFile footer;
  private String text;
  private Map<String, ColumnChunk> chunks;
  private int group;
  private long row;
  private long number;
  private boolean done;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public ParquetReader(Origin origin, Path path, Place from) throws IOException {
    this.origin = origin;
    this.file = new StorageFile(path);
    this.growth = new Growth(file.size(), from.rereadable());
    this.group = (int) Math.min(from.offset(), Integer.MAX_VALUE);
    this.row = from.depth();
    this.number = from.number();
    this.done = from.equals(Place.END);
  }

  @Override
  public Optional<Item> next() throws IOException {
    if (!done && footer == null) {
      Optional<Item> problem = open();
      if (problem.isPresent()) {
        done = true;
        return problem;
      }
    }
    while (!done && group < footer.rowGroups().size()) {
      RowGroup rows = footer.rowGroups().get(group);
      if (row < rows.rows()) {
        return Optional.of(read(rows));
      }
      group++;
      row = 0;
      chunks = null;
    }
    done = true;
    return Optional.empty();
  }

  @Override
  public Place place() {
    return done ? Place.END : new Place("", group, row, number, growth.left());
  }

  /** Reads the footer; returns what is wrong with it. */
  private Optional<Item> open() throws ReadFailure {
    try {
      footer = ParquetFile.read(file);
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      return Optional.of(origin.broken("", 0, "parquet.syntax", e, "a readable footer"));
    }
    for (String name : JsonRecord.Fields.STANDARD.text()) {
      if (isText(name)) {
        text = name;
        return Optional.empty();
      }
    }
    for (String name : JsonRecord.Fields.STANDARD.text()) {
      Optional<String> nested =
          footer.columns().keySet().stream()
              .filter(path -> path.endsWith("." + name) && isText(path))
              .min(Comparator.naturalOrder());
      if (nested.isPresent()) {
        text = nested.get();
        return Optional.empty();
      }
    }
    return Optional.of(
        origin.broken(
            "",
            0,
            "parquet.no_text",
            "columns " + String.join(", ", footer.columns().keySet().stream().sorted().toList()),
            "a string column named " + String.join(", ", JsonRecord.Fields.STANDARD.text())));
  }

  private boolean isText(String path) {
    Column column = footer.columns().get(path);
    return column != null && (column.kind() == Kind.STRING || column.kind() == Kind.BINARY);
  }

  /** Returns the path of a column of a name: one by itself, or else one beside the text. */
  private String path(String name) {
    return footer.columns().containsKey(name)
        ? name
        : text.substring(0, text.lastIndexOf('.') + 1) + name;
  }

  private Item read(RowGroup rows) throws IOException {
    try {
      if (chunks == null) {
        openGroup(rows);
      }
      Map<String, byte[]> values = new HashMap<>();
      for (var chunk : chunks.entrySet()) {
        Optional<byte[]> value = chunk.getValue().next();
        growth.spend(value.map(bytes -> bytes.length).orElse(0));
        value.ifPresent(bytes -> values.put(chunk.getKey(), bytes));
      }
      growth.spend(ROW_BYTES);
      row++;
      return document(values, number++);
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      long first = number;
      number += rows.rows() - row;
      row = rows.rows();
      return origin.broken(
          "",
          first,
          "parquet.damaged",
          "rows " + first + " to " + (number - 1) + ": " + Origin.said(e),
          "an intact row group");
    }
  }

  private void openGroup(RowGroup rows) throws IOException {
    Map<String, ColumnChunk> opened = new HashMap<>();
    var memory = new HeldPages();
    for (String name : FIELDS) {
      String path = name.equals(TEXT) ? text : path(name);
      Column column = footer.columns().get(path);
      if (column != null && column.kind() != Kind.OTHER) {
        ParquetFile.Chunk chunk = rows.chunks().get(path);
        if (chunk == null) {
          throw new ZipException("row group must hold every column: column=" + path);
        }
        var values = new ColumnChunk(file, column, chunk, growth, memory);
        values.skip(row);
        opened.put(name, values);
      }
    }
    chunks = opened;
  }

  private Item document(Map<String, byte[]> values, long rowNumber) {
    Map<String, String> fields = new HashMap<>();
    values.forEach(
        (name, value) -> {
          if (!name.equals(TEXT)) {
            String field = format(footer.columns().get(path(name)).kind(), value);
            if (!field.isEmpty()) {
              fields.put(name, field);
            }
          }
        });
    String url =
        fields.getOrDefault("url", fields.getOrDefault("id", origin.file() + "#" + rowNumber));
    byte[] payload = values.get(TEXT);
    if (payload == null) {
      return origin.broken(url, rowNumber, "parquet.no_text", "no value", "a string in " + text);
    }
    if (payload.length > Item.MAX_PAYLOAD_BYTES) {
      return origin.tooLarge(url, rowNumber);
    }
    boolean html = text.equals("html") || text.endsWith(".html");
    boolean utf8 = isUtf8(payload);
    if (!utf8 && !html) {
      return origin.broken(url, rowNumber, "parquet.syntax", "not UTF-8", "text in UTF-8");
    }
    Optional<String> domain = Optional.ofNullable(fields.get("domain"));
    Map<String, String> attributes = new HashMap<>(fields);
    attributes.keySet().retainAll(ATTRIBUTES);
    attributes.replaceAll((name, value) -> TextNode.valueOf(value).toString());
    return new Item.Document(
        origin.source(),
        url,
        origin.file(),
        rowNumber,
        html ? "text/html" : "text/plain",
        utf8 ? Optional.of("UTF-8") : Optional.empty(),
        domain,
        0,
        attributes,
        payload);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String format(Kind kind, byte[] value) {
    if (kind == Kind.STRING || kind == Kind.BINARY) {
      return new String(value, StandardCharsets.UTF_8);
    }
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    long integer = value.length == Integer.BYTES ? in.getInt() : in.getLong();
    try {
      return switch (kind) {
        case DATE -> LocalDate.ofEpochDay(integer).toString();
        case MILLIS -> Instant.ofEpochMilli(integer).toString();
        case MICROS -> Instant.EPOCH.plus(integer, ChronoUnit.MICROS).toString();
        case NANOS -> Instant.EPOCH.plusNanos(integer).toString();
        default -> String.valueOf(integer);
      };
    } catch (DateTimeException e) {
      return String.valueOf(integer);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
