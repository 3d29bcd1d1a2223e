#include <algorithm>
#include <chrono>

#include "checks/mysql/probe.hpp"
#include "core/display.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds statement_limit{6000};
constexpr milliseconds cleanup_limit{3000};
constexpr std::string_view prefix = "_wbverify_";
/// Says in the table itself what it is; nothing without it is ever dropped.
constexpr std::string_view mark = "wbverify probe";
/// One, two, three and four bytes of UTF-8: an emoji, as run names have them, needs utf8mb4 all the way.
constexpr std::string_view text = "a\u00df\u1e9e\U0001F680";

std::string table_name(const std::string& run_id) { return std::string(prefix) + run_id; }

std::string where(const MysqlTarget& target) {
  return target.host + ":" + std::to_string(target.port) + "/" + target.database;
}

std::string upper_hex(std::string_view bytes) {
  std::string out = hex_encode(bytes);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

/// A session for writing; looks again when the certificate judged by the first probe is not the one met now.
Result<MysqlSession> log_in(const MysqlTarget& target, const Settings& settings, const MysqlFacts* seen,
                            Deadline deadline, const std::stop_token& stop, std::atomic<int>& round_trips) {
  MysqlFacts facts;
  if (seen != nullptr) facts = *seen;
  for (int attempt = 1;; ++attempt) {
    if (seen == nullptr || attempt > 1) {
      facts = {};
      look_at_mysql(target, settings, deadline, stop, round_trips, facts);
    }
    const auto login = mysql_login(target, facts);
    if (!login) return fail(login.error());
    ++round_trips;
    auto session = MysqlSession::open(*login, deadline, stop);
    if (session || session.error().cause != "certificate-changed" || attempt == 3) return session;
  }
}

class Writer {
 public:
  Writer(MysqlSession session, Deadline deadline, std::atomic<int>& round_trips, MysqlWriteFacts& facts)
      : session_(std::move(session)), deadline_(deadline), round_trips_(round_trips), facts_(facts) {}

  /// Nothing when the step failed; after that every step is left out.
  std::optional<MysqlRows> step(const std::string& name, const std::string& statement) {
    if (failed_) return std::nullopt;
    const auto started = Deadline::Clock::now();
    ++round_trips_;
    auto rows = session_.query(statement, deadline_.within(statement_limit));
    MysqlWriteStep step{name, for_display(statement, 200), "", "", elapsed_ms(started)};
    if (!rows) {
      step.cause = rows.error().cause;
      step.text = rows.error().text;
      failed_ = true;
    }
    facts_.steps.push_back(std::move(step));
    return rows ? std::optional(*std::move(rows)) : std::nullopt;
  }
  bool failed() const { return failed_; }
  MysqlSession& session() { return session_; }

 private:
  MysqlSession session_;
  Deadline deadline_;
  std::atomic<int>& round_trips_;
  MysqlWriteFacts& facts_;
  bool failed_ = false;
};

void write(Writer& writer, MysqlWriteFacts& facts, const std::string& run_id) {
  const std::string table = mysql_quote_name(facts.table);
  facts.sent_hex = upper_hex(text);
  writer.step("create", "CREATE TABLE " + table +
                            " (id BIGINT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(64), j JSON) COMMENT = '" +
                            std::string(mark) + " " + run_id + "; safe to drop'");
  writer.step("begin", "START TRANSACTION READ WRITE");
  writer.step("insert", "INSERT INTO " + table + " (s, j) VALUES ('" + std::string(text) + "', '{\"name\": \"" +
                            std::string(text) + "\"}')");
  if (const auto rows = writer.step("read", "SELECT HEX(s), HEX(j->>'$.name') FROM " + table)) {
    facts.read_hex = rows->text(0, 0) == facts.sent_hex ? rows->text(0, 1) : rows->text(0, 0);
  }
  writer.step("roll-back", "ROLLBACK");
  if (const auto rows = writer.step("count", "SELECT COUNT(*) FROM " + table)) facts.rows_left = rows->text(0, 0);
  writer.step("add-index", "ALTER TABLE " + table + " ADD INDEX by_s (s), ALGORITHM = INPLACE, LOCK = NONE");
  writer.step("add-column", "ALTER TABLE " + table + " ADD COLUMN n INT, ALGORITHM = INSTANT");
}

/// On the same connection, and when that is broken on a new one. True when the table is certainly gone.
bool drop(MysqlSession& session, const MysqlTarget& target, const ProbeContext& context, const MysqlFacts* seen,
          MysqlWriteFacts& facts) {
  // Cleaning up has its own time and does not hear the stop.
  session.forget_stop();
  const Deadline deadline = Deadline::after(cleanup_limit);
  const std::string statement = "DROP TABLE IF EXISTS " + mysql_quote_name(facts.table);
  const auto started = Deadline::Clock::now();
  MysqlWriteStep step{"drop", statement, "", "", 0};
  ++*context.round_trips;
  auto done = session.query(statement, deadline);
  if (!done) {
    auto again = log_in(target, context.settings, seen, deadline, {}, *context.round_trips);
    ++*context.round_trips;
    if (again) {
      // The broken session's last statement may still be at work. Its lock goes when the server has ended it, and not before.
      static_cast<void>(again->query("SELECT GET_LOCK('wbverify-write', 1)", deadline));
      done = again->query(statement, deadline);
    } else {
      done = fail(again.error());
    }
  }
  if (!done) {
    step.cause = done.error().cause;
    step.text = done.error().text;
  }
  step.duration_ms = elapsed_ms(started);
  facts.steps.push_back(std::move(step));
  return done.has_value();
}

void give_reason(MysqlWriteFacts& facts, const Error& error) {
  facts.cause = error.cause;
  facts.text = error.text;
  facts.blame = name(error.blame);
  facts.transient = error.transient;
}

MysqlWriteFacts gather(const ProbeContext& context) {
  MysqlWriteFacts facts;
  if (!context.settings.mysql) return facts;
  const MysqlTarget& target = *context.settings.mysql;
  static_cast<MysqlPlace&>(facts) = mysql_place(target, context.settings);
  facts.table = table_name(context.run_id);

  const Facts before = context.facts_of("mysql");
  const MysqlFacts* seen = before ? &before.as<MysqlFacts>() : nullptr;
  auto session = log_in(target, context.settings, seen, context.deadline, context.stop, *context.round_trips);
  if (!session) {
    give_reason(facts, session.error());
    return facts;
  }
  Writer writer(*std::move(session), context.deadline, *context.round_trips, facts);
  // Two runs side by side must not meet; and no statement waits for a lock of somebody else's.
  const auto lock = writer.step("lock", "SELECT GET_LOCK('wbverify-write', 0)");
  writer.step("limits", "SET SESSION lock_wait_timeout = 5, SESSION innodb_lock_wait_timeout = 5");
  if (writer.failed()) return facts;
  // NULL is a proxy that knows no locks, which mysql.migrations tells; the table's name is this run's alone anyhow.
  if (lock->text(0, 0) == "0") {
    give_reason(facts, {"busy", "Another run of wbverify is writing at this moment.", Blame::target, true});
    return facts;
  }
  const JournalEntry entry{"mysql-table", where(target), facts.table};
  if (auto announced = context.journal.announce(entry); !announced) {
    give_reason(facts, announced.error());
    return facts;
  }
  write(writer, facts, context.run_id);
  facts.left_behind = !drop(writer.session(), target, context, seen, facts);
  if (!facts.left_behind) context.journal.settle(entry);
  return facts;
}

bool transient(const MysqlWriteFacts& facts) { return facts.transient; }

Error refused(std::string words) { return {"not-undone", std::move(words), Blame::target, false}; }

bool concerns(const JournalEntry& entry, const Settings& settings) {
  return settings.mysql && where(*settings.mysql) == entry.where && entry.name.starts_with(prefix) && entry.name.size() == prefix.size() + 16 &&
         entry.name.find_first_not_of("0123456789abcdef", prefix.size()) == std::string::npos;
}

Result<Undone> undo(const JournalEntry& entry, const Settings& settings, Deadline deadline, std::stop_token stop) {
  const MysqlTarget& target = *settings.mysql;
  std::atomic<int> round_trips = 0;
  auto session = log_in(target, settings, nullptr, deadline, stop, round_trips);
  if (!session) return fail(session.error());
  const auto comment = session->query(
      "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
          entry.name + "'",
      deadline);
  if (!comment) return fail(comment.error());
  if (comment->rows.empty()) return Undone::absent;
  if (!comment->text(0, 0).starts_with(mark))
    return fail(refused("The table " + entry.name + " does not say that it is a probe of wbverify's."));
  const auto dropped = session->query("DROP TABLE IF EXISTS " + mysql_quote_name(entry.name), deadline);
  if (!dropped) return fail(dropped.error());
  return Undone::removed;
}

std::vector<Touch> touches(const Settings& settings) {
  if (!settings.mysql) return {};
  const MysqlTarget& target = *settings.mysql;
  const std::string table = table_name(settings.scene.run_id);
  return {{target.host + ":" + std::to_string(target.port),
           "CREATE TABLE " + target.database + "." + table + ", INSERT one row and roll it back, ALTER twice, DROP",
           true, "about 4 KiB"}};
}

}  // namespace

ProbeSpec mysql_write_probe() {
  ProbeSpec spec;
  spec.id = "mysql.write";
  spec.needs = {"mysql.login", "mysql.charset/database", "mysql.grants", "mysql.writable"};
  spec.reads = {"mysql"};
  spec.writes = true;
  spec.limit = milliseconds(15000);
  spec.skip = mysql_probe().skip;
  spec.touches = touches;
  return make_probe<MysqlWriteFacts>(std::move(spec), gather, transient);
}

UndoSpec mysql_undo() { return {"mysql-table", concerns, undo}; }

}  // namespace wbverify
