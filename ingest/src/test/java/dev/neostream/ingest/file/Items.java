package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What tests ask of items. */
public final class Items {

  private Items() {}

  /** Returns all items of a reader and closes it. */
  public static List<Item> all(RecordReader reader) throws IOException {
    try (reader) {
      var items = new ArrayList<Item>();
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        items.add(item.get());
      }
      return items;
    }
  }

  public static List<Item.Document> documents(List<Item> items) {
    return items.stream()
        .filter(Item.Document.class::isInstance)
        .map(Item.Document.class::cast)
        .toList();
  }

  public static List<String> reasons(List<Item> items) {
    return items.stream()
        .filter(Item.Broken.class::isInstance)
        .map(item -> ((Item.Broken) item).rejection().reason())
        .toList();
  }

  public static Item.Document document(Item item) {
    return assertInstanceOf(Item.Document.class, item, item.toString());
  }

  public static Item.Broken broken(Item item) {
    return assertInstanceOf(Item.Broken.class, item, item.toString());
  }

  public static String text(Item item) {
    return new String(document(item).payload(), StandardCharsets.UTF_8);
  }
}
