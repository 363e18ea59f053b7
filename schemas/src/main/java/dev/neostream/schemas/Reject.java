package dev.neostream.schemas;

import dev.neostream.schemas.avro.RejectedDocument;

/**
 * Makes the record that says of a document, or of what was none, that a stage did not pass it on:
 * who, why and where from, the same for every stage.
 */
public final class Reject {

  private Reject() {}

  /** Returns the record of what a stage rejects. */
  public static RejectedDocument of(Stage stage, Envelope document, Rejection rejection) {
    return of(stage, document, rejection, document.language, document.domain, "");
  }

  /**
   * The same for a stage that has found out more about the document than it holds.
   *
   * @param cleaner version of what decided; empty for stages other than clean
   */
  public static RejectedDocument of(
      Stage stage,
      Envelope document,
      Rejection rejection,
      String language,
      String domain,
      String cleaner) {
    return RejectedDocument.newBuilder()
        .setId(document.id)
        .setOrdinal(document.ordinal)
        .setSource(document.source)
        .setUrl(document.url)
        .setFile(document.file)
        .setOffset(document.offset)
        .setStage(stage.wireName())
        .setReason(rejection.reason())
        .setValue(rejection.value())
        .setThreshold(rejection.threshold())
        .setLanguage(language)
        .setDomain(domain)
        .setCleaner(cleaner)
        .build();
  }
}
