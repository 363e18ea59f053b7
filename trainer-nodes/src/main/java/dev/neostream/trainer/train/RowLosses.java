package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.DomainLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every row of a step lost. Sums run in row order and are normalised once, by tokens.
 *
 * @param rows all rows of all ranks, in order
 */
record RowLosses(List<Row> rows) {

  /**
   * One row.
   *
   * @param loss summed cross-entropy, nats
   * @param tokens tokens predicted
   */
  record Row(double loss, long tokens) {}

  /** Tokens predicted in all rows. */
  long tokens() {
    return rows.stream().mapToLong(Row::tokens).sum();
  }

  /** Mean loss, nats a token. */
  double mean() {
    double sum = 0; // a plain sum: a stream's order of additions is its own affair
    for (Row row : rows) {
      sum += row.loss();
    }
    return sum / tokens();
  }

  /**
   * Returns the losses by domain, in name order.
   *
   * @param domains each row's domain
   */
  List<DomainLoss> byDomain(List<String> domains) {
    Map<String, List<Row>> byDomain = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      byDomain.computeIfAbsent(domains.get(i), d -> new ArrayList<>()).add(rows.get(i));
    }
    List<DomainLoss> losses = new ArrayList<>();
    byDomain.forEach(
        (domain, own) -> {
          RowLosses part = new RowLosses(own);
          losses.add(new DomainLoss(domain, own.size(), part.tokens(), part.mean()));
        });
    return losses;
  }
}
