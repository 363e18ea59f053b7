package dev.neostream.ops.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.ops.UserError;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The records of a task, all of them held: JSON Lines in UTF-8, one object a line; blank lines are
 * none.
 *
 * @param sha256 of the whole file, hex
 */
record DataFile(Path file, String sha256, List<Item> items) {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * A record.
   *
   * @param line where it stands in its file, from 1
   */
  record Item(Path file, int line, JsonNode fields) {

    /**
     * Says where an item is that cannot be used.
     *
     * @return the error to throw
     */
    UserError refused(String problem) {
      return UserError.usage(file + ":" + line + ": " + problem);
    }
  }

  /**
   * Reads a file, or every {@code .jsonl} file of a folder in the order of their names.
   *
   * @throws UserError naming file and line of the first thing that is wrong, or if a file holds no
   *     record
   */
  static List<DataFile> read(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(readFile(path));
    }
    List<Path> files;
    try (Stream<Path> inside = Files.list(path)) {
      files = inside.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    } catch (IOException e) {
      throw UserError.usage("a task's data must be readable: data=" + path);
    }
    if (files.isEmpty()) {
      throw UserError.usage("a task's folder must hold files named *.jsonl: data=" + path);
    }
    return files.stream().map(DataFile::readFile).toList();
  }

  private static DataFile readFile(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      List<Item> items = items(file, bytes);
      if (items.isEmpty()) {
        throw UserError.usage("a task's data must hold a record: data=" + file + ", records=0");
      }
      return new DataFile(file, sha256(bytes), items);
    } catch (CharacterCodingException e) {
      throw UserError.usage("a task's data must be UTF-8: data=" + file);
    } catch (IOException e) {
      throw UserError.usage("a task's data must be a readable file of JSON Lines: data=" + file);
    }
  }

  private static List<Item> items(Path file, byte[] bytes) throws IOException {
    List<Item> items = new ArrayList<>();
    var decoder = StandardCharsets.UTF_8.newDecoder(); // refuses what is not UTF-8
    try (var lines =
        new BufferedReader(new InputStreamReader(new ByteArrayInputStream(bytes), decoder))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          items.add(new Item(file, number, fields(file, number, line)));
        }
      }
    }
    return items;
  }

  private static JsonNode fields(Path file, int number, String line) {
    try {
      JsonNode fields = JSON.readTree(line);
      if (!fields.isObject()) {
        throw UserError.usage(
            file + ":" + number + ": a line must be a JSON object: type=" + fields.getNodeType());
      }
      return fields;
    } catch (JsonProcessingException e) {
      throw UserError.usage(
          file + ":" + number + ": a line must be a JSON object: " + e.getOriginalMessage());
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must provide SHA-256", e);
    }
  }
}
