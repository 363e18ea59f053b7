package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaParser;
import org.junit.jupiter.api.Test;

/** Every record explains itself, and no change makes data unreadable that was written before. */
class SchemasTest {

  private static final Path CURRENT = Path.of("src/main/avro");

  /**
   * The schemas as released, each with the types that it names written out; a file is never
   * changed, a new version is put beside it.
   */
  private static final Path RELEASED = Path.of("src/test/resources/released");

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".avsc")).sorted().toList();
    }
  }

  private static Schema parse(Path file) throws IOException {
    return new Schema.Parser().parse(file.toFile());
  }

  /** Returns a schema as it is now; it may name types of other files. */
  private static Schema current(String name) throws IOException {
    var parser = new SchemaParser();
    for (Path file : files(CURRENT)) {
      parser.parse(file);
    }
    return parser.getParsedNamedSchemas().stream()
        .filter(schema -> schema.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void undocumented(Schema schema, String where, List<String> found) {
    switch (schema.getType()) {
      case RECORD -> {
        if (schema.getDoc() == null || schema.getDoc().isBlank()) {
          found.add(where + schema.getName());
        }
        for (Schema.Field field : schema.getFields()) {
          String name = where + schema.getName() + "." + field.name();
          if (field.doc() == null || field.doc().isBlank()) {
            found.add(name);
          }
          undocumented(field.schema(), name + ".", found);
        }
      }
      case ENUM -> {
        if (schema.getDoc() == null || schema.getDoc().isBlank()) {
          found.add(where + schema.getName());
        }
      }
      case ARRAY -> undocumented(schema.getElementType(), where, found);
      case MAP -> undocumented(schema.getValueType(), where, found);
      case UNION -> schema.getTypes().forEach(type -> undocumented(type, where, found));
      default -> {}
    }
  }

  @Test
  void shouldDocumentEveryRecordAndField() throws IOException {
    var found = new ArrayList<String>();
    for (Path file : files(CURRENT)) {
      undocumented(current(file.getFileName().toString().replace(".avsc", "")), "", found);
    }

    assertEquals(List.of(), found);
  }

  @Test
  void shouldReadWhatEveryReleasedVersionWrote() throws IOException {
    List<Path> released = files(RELEASED);

    assertFalse(released.isEmpty());
    for (Path file : released) {
      Schema writer = parse(file);
      Schema reader = current(writer.getName());
      assertEquals(
          SchemaCompatibilityType.COMPATIBLE,
          SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType(),
          file.toString());
    }
  }

  @Test
  void shouldHaveReleasedEverySchemaThereIs() throws IOException {
    List<String> names = files(CURRENT).stream().map(f -> f.getFileName().toString()).toList();

    List<String> released =
        files(RELEASED).stream().map(f -> f.getFileName().toString()).distinct().sorted().toList();

    assertEquals(names, released);
  }

  @Test
  void shouldTellAnIncompatibleChange() throws IOException {
    Schema writer = parse(CURRENT.resolve("DuplicateMark.avsc"));
    Schema reader =
        new Schema.Parser()
            .parse(writer.toString().replace("\"name\":\"late\"", "\"name\":\"tardy\""));

    assertEquals(
        SchemaCompatibilityType.INCOMPATIBLE,
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType());
    assertTrue(reader.getField("tardy") != null);
  }
}
