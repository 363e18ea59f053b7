package dev.neostream.ops.run;

import dev.neostream.ingest.file.JsonRecord;
import dev.neostream.ingest.topic.TopicInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * A topic of the user's, on brokers of the user's.
 *
 * @param topic its name; no other topic of the run has it, wherever it lies
 * @param servers host:port, separated by commas
 * @param format what its values are
 * @param text field of a JSON value that holds the document; empty for those of JSON Lines
 * @param url the same for its url
 * @param domain the same for its mixture domain
 * @param mediaType {@code text/plain} or {@code text/html}: type of the documents
 * @param client file with settings of a Kafka client, for encryption and credentials, as an
 *     absolute path; empty for brokers that ask for nothing
 */
public record UserTopic(
    String topic,
    String servers,
    TopicInput.Format format,
    String text,
    String url,
    String domain,
    String mediaType,
    String client) {

  private static final List<String> MEDIA_TYPES = List.of("text/plain", "text/html");

  /** Adds what is wrong to problems, under keys of run.yaml that begin with {@code key}. */
  void check(String key, Set<String> names, Problems problems) {
    problems.unless(
        topic.matches("[A-Za-z0-9._-]+"),
        List.of(key + "topic"),
        key + "topic must be a topic's name: " + key + "topic=" + topic);
    problems.unless(
        names.add(topic),
        List.of(key + "topic"),
        key + "topic must differ from those before: " + key + "topic=" + topic);
    problems.unless(
        servers.matches("[^,/]+:[0-9]+(,[^,/]+:[0-9]+)*"),
        List.of(key + "servers"),
        key + "servers must be host:port, separated by commas: " + key + "servers=" + servers);
    problems.unless(
        MEDIA_TYPES.contains(mediaType),
        List.of(key + "mediaType"),
        key + "mediaType must be one of " + MEDIA_TYPES + ": " + key + "mediaType=" + mediaType);
  }

  /**
   * Returns what is read, with the client's settings as they are in their file now.
   *
   * @throws IllegalArgumentException if the file cannot be read or sets what is not the user's
   */
  public TopicInput input() {
    JsonRecord.Fields standard = JsonRecord.Fields.STANDARD;
    return new TopicInput(
        topic,
        servers,
        format,
        new JsonRecord.Fields(
            text.isEmpty() ? standard.text() : List.of(text),
            url.isEmpty() ? standard.url() : List.of(url),
            domain.isEmpty() ? standard.domain() : domain),
        mediaType,
        settings());
  }

  private Map<String, String> settings() {
    var properties = new Properties();
    if (!client.isEmpty()) {
      try (var in = Files.newBufferedReader(Path.of(client))) {
        properties.load(in);
      } catch (IOException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "corpus.topics: client must be a readable file of properties: topic="
                + topic
                + ", client="
                + client,
            e);
      }
    }
    Map<String, String> settings = new TreeMap<>();
    properties.stringPropertyNames().forEach(k -> settings.put(k, properties.getProperty(k)));
    return settings;
  }
}
