package dev.neostream.tokens.chat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.tokens.chat.Refusal.Reason;
import java.io.IOException;
import java.io.LineNumberReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads files of conversations: one JSON array, or JSON Lines, in UTF-8. Every record is handed out
 * or refused by name, in order; blank lines are no records. One record at a time is held.
 */
public final class ChatFile {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** In an array, another record may follow. */
  private static final ObjectReader ELEMENT =
      JSON.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private ChatFile() {}

  /**
   * Hands out the conversations of a file, each with its place: the file and its line, or its
   * number in the array, from 1.
   *
   * @return number of records, taken and refused
   * @throws IOException if the file cannot be read, is not UTF-8, or is an array that breaks off
   */
  public static long conversations(
      Path file, BiConsumer<String, Conversation> taken, Consumer<Refusal> refused)
      throws IOException {
    return read(file, ChatRecords::conversation, taken, refused);
  }

  /** Hands out the preference pairs of a file, likewise. */
  public static long pairs(
      Path file, BiConsumer<String, PreferencePair> taken, Consumer<Refusal> refused)
      throws IOException {
    return read(file, ChatRecords::pair, taken, refused);
  }

  private static <T> long read(
      Path file, Function<JsonNode, T> form, BiConsumer<String, T> taken, Consumer<Refusal> refused)
      throws IOException {
    try (var reader = new LineNumberReader(Files.newBufferedReader(file))) {
      return startsArray(reader)
          ? readArray(file, reader, form, taken, refused)
          : readLines(file, reader, form, taken, refused);
    } catch (CharacterCodingException e) {
      throw new IOException("%s: the text must be UTF-8".formatted(file), e);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: must be one JSON array, or JSON Lines: line %d: %s"
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    }
  }

  private static boolean startsArray(LineNumberReader reader) throws IOException {
    int first;
    do {
      reader.mark(1);
      first = reader.read();
    } while (first >= 0 && (Character.isWhitespace(first) || first == '\uFEFF'));
    reader.reset();
    return first == '[';
  }

  private static <T> long readArray(
      Path file,
      LineNumberReader reader,
      Function<JsonNode, T> form,
      BiConsumer<String, T> taken,
      Consumer<Refusal> refused)
      throws IOException {
    long records = 0;
    try (JsonParser parser = ELEMENT.createParser(reader)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        records++;
        JsonNode record = ELEMENT.readTree(parser);
        take(file + ": record " + records, record, form, taken, refused);
      }
      if (parser.nextToken() != null) {
        throw new IOException(
            "%s: nothing must follow the array: line %d"
                .formatted(file, parser.currentLocation().getLineNr()));
      }
    }
    return records;
  }

  private static <T> long readLines(
      Path file,
      LineNumberReader reader,
      Function<JsonNode, T> form,
      BiConsumer<String, T> taken,
      Consumer<Refusal> refused)
      throws IOException {
    long records = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.isBlank()) {
        continue;
      }
      records++;
      String place = file + ": line " + reader.getLineNumber();
      try {
        take(place, JSON.readTree(line), form, taken, refused);
      } catch (JsonProcessingException e) {
        String problem = "a line must be a JSON object: " + e.getOriginalMessage();
        refused.accept(new Refusal(Reason.NOT_JSON, place + ": " + problem));
      }
    }
    return records;
  }

  private static <T> void take(
      String place,
      JsonNode record,
      Function<JsonNode, T> form,
      BiConsumer<String, T> taken,
      Consumer<Refusal> refused) {
    T value;
    try {
      value = form.apply(record);
    } catch (RefusedConversationException e) {
      refused.accept(new Refusal(e.reason(), place + ": " + e.getMessage()));
      return;
    }
    taken.accept(place, value);
  }
}
