// Objects end themselves, whatever way a block is left; failures are exceptions that say what C would.
#include "crm.hpp"

#include <cstdio>
#include <cstdlib>

#define CHECK(condition)                                                          \
  do {                                                                            \
    if (!(condition)) {                                                           \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1);                                                               \
    }                                                                             \
  } while (false)

static_assert(std::is_nothrow_move_constructible_v<crm::fields>);
static_assert(!std::is_copy_constructible_v<crm::fields>);
static_assert(std::is_copy_constructible_v<crm::record>);
static_assert(sizeof(crm::frame) == sizeof(void *));

namespace {

template <class F> crm::error refused(F function) {
  try {
    function();
  } catch (const crm::error &error) {
    return error;
  }
  std::fputs("nothing was thrown\n", stderr);
  std::exit(1);
}

void values_are_moved_and_ended() {
  crm_fields *raw = nullptr;
  {
    crm::fields first{{"name", "Fleet lease"}, {"priority", 2}, {"team_id", nullptr}};
    first.set("date_deadline", crm::date{2026, 3, 2}).set_property("Seats", 40);
    crm::fields second = std::move(first);
    raw = second.get();
  }
  CHECK(crm_fields_free(raw) == CRM_E_CLOSED);
}

void failures_are_exceptions() {
  crm::fields fields;
  const crm::error error = refused([&] { fields.set("expected_revenue", crm::decimal{"12,50"}); });
  CHECK(error.code() == CRM_E_INVALID && error.kind() == "invalid");
  CHECK(error.field() == "expected_revenue" && !error.retryable());
  CHECK(std::string_view(error.what()).find("12,50") != std::string_view::npos);
}

constexpr crm::instant now{INT64_C(1772442000000000)}; // Monday 2 March 2026, 09:00 UTC

void open_to_forecast() {
  const crm::database db{":memory:", "CHF"};
  const crm::session s = db.session({}, now);
  const crm::record lead = s.leads().create({{"name", "Fleet lease"},
                                             {"expected_revenue", crm::decimal{"12500.50"}},
                                             {"probability", 50},
                                             {"date_deadline", crm::date{2026, 4, 15}}});
  CHECK(lead.kind() == CRM_KIND_LEAD && lead.text(CRM_LEAD_NAME) == "Fleet lease");
  CHECK(lead.money(CRM_LEAD_EXPECTED_REVENUE).minor == 1250050);
  CHECK(lead.text(CRM_LEAD_CURRENCY) == "CHF" && !lead.ref(CRM_LEAD_PARTNER_ID));
  CHECK(lead.ppm(CRM_LEAD_PROBABILITY) == 500000);
  crm::frame forecast = s.forecast("month");
  CHECK(forecast.rows() == 1 && forecast.text(0, forecast.column("bucket")) == "open");
  CHECK(forecast.f64(0, forecast.column("weighted_revenue")) == 6250.25);

  const crm::record won = s.leads().mark_won(lead.id());
  CHECK(won.text(CRM_LEAD_WON_STATUS) == "won" && lead.text(CRM_LEAD_WON_STATUS) == "pending");
  CHECK(s.leads().count("won_status = \"won\"") == 1);
  CHECK(s.leads().history(lead.id()).rows() >= 2);
  const std::int64_t copies[] = {s.leads().copy(lead.id()).id(), s.leads().copy(lead.id()).id()};
  const crm::lead_desk::many pair(copies, copies + 2);
  CHECK(s.leads().plan_merge(pair).rows() > 2);
  const auto [merge_id, head] = s.leads().merge(pair);
  CHECK(s.leads().merged_into(head.id() == copies[0] ? copies[1] : copies[0]) == head.id());
  CHECK(s.leads().unmerge(merge_id).rows() == 0 && s.leads().merge_clusters({pair}).rows() == 1);
  const std::vector<std::int64_t> cards{s.partners().create(crm::fields().set("name", "Azure Bakery")).id(),
                                        s.partners().create(crm::fields().set("name", "Azure bakery")).id()};
  CHECK(s.partners().plan_merge(cards).rows() > 2);
  const auto [of_cards, kept] = s.partners().merge(cards, cards[1]);
  CHECK(kept.id() == cards[1] && s.partners().merged_into(cards[0]) == cards[1]);
  CHECK(s.partners().unmerge(of_cards).rows() == 0 && s.partners().merge_clusters({cards}).rows() == 1);
  CHECK(s.leads().plan_convert({head.id()}, CRM_CONVERT_CREATE_PARTNER).rows() == 1);
  CHECK(s.leads().convert_all({head.id()}, CRM_CONVERT_DEDUPLICATE).size() == 1);
  s.leads().remove(head.id());
  const std::vector<std::int64_t> it{lead.id()};
  const crm::fields plan{{"activity_type_id", std::int64_t{3}}};
  const crm::record call = s.activities().schedule(CRM_KIND_LEAD, lead.id(), plan);
  const std::int64_t other = s.activities().schedule(CRM_KIND_LEAD, it, plan)[0].id();
  CHECK(s.activities().status(it).rows() == 1 && s.activities().find().size() == 2);
  CHECK(s.activities().reschedule(other, 20454).text(CRM_ACTIVITY_STATE) == "overdue");
  CHECK(s.activities().update(other, crm::fields{{"summary", "Ring"}}).text(CRM_ACTIVITY_SUMMARY) == "Ring");
  CHECK(s.activities().done(call.id(), "forty vans").text(CRM_ACTIVITY_STATE) == "done");
  s.activities().cancel(other);
  CHECK(s.activities().count() == 0 && s.activity_types().count() == 5);
  const std::int64_t harbour =
      s.partners().create(crm::fields{{"name", "Harbour"}, {"is_company", true}, {"city", "Lyon"}, {"email", "a@b.example"}}).id();
  const crm::record bills = s.partner_contacts().create(
      crm::fields{{"partner_id", harbour}, {"channel", "email"}, {"kind", "billing"}, {"value", "bills@b.example"}});
  CHECK(!bills.boolean(CRM_PARTNER_CONTACT_IS_PRIMARY) && s.partner_contacts().count() == 2);
  s.partner_contacts().update(bills.id(), crm::fields{{"is_primary", true}});
  CHECK(s.partners().get(harbour).text(CRM_PARTNER_EMAIL) == "bills@b.example");
  const std::int64_t ada = s.partners().create(crm::fields{{"name", "Ada"}, {"parent_id", harbour}}).id();
  CHECK(s.partners().address_for(ada, "invoice").id() == harbour);
  crm::fields role{{"partner_id", harbour}, {"role", "customer"}};
  role.set("date_start", crm::date{2026, 1, 1});
  s.partner_roles().create(role);
  CHECK(s.partners().roles(harbour).size() == 1 && s.partners().role_as_of(harbour, 20453).size() == 0);
  CHECK(s.partners().role_as_of(harbour, 20454)[0].text(CRM_PARTNER_ROLE_ROLE) == "customer");
  const std::int64_t seller = s.users().create(crm::fields{{"name", "Ben"}}).id();
  const std::int64_t north = s.teams().create(crm::fields{{"name", "North"}}).id();
  CHECK(s.teams().add_member(north, seller, crm::fields{{"assignment_max", 60}}).boolean(CRM_TEAM_MEMBER_ACTIVE));
  CHECK(s.teams().update_member(north, seller, crm::fields{{"assignment_optout", true}}).id() > 0);
  CHECK(s.teams().members(north).rows() == 1 && s.teams().workload().rows() == 2 && s.teams().rollup().rows() == 2);
  CHECK(!s.teams().remove_member(north, seller).boolean(CRM_TEAM_MEMBER_ACTIVE));
  const crm::record goal = s.targets().create(crm::fields{{"team_id", north}, {"metric", "won_revenue"}, {"amount", crm::decimal{"25001"}}}
                                                  .set("date_from", crm::date{2026, 3, 1})
                                                  .set("date_to", crm::date{2026, 3, 31}));
  const crm::record lines = s.targets().create(crm::fields{{"user_id", seller}, {"metric", "lines"}, {"count", 8}}
                                                   .set("date_from", crm::date{2026, 3, 1})
                                                   .set("date_to", crm::date{2026, 3, 31}));
  CHECK(refused([&] { s.targets().feed_amount(lines.id(), "1"); }).field() == "amount");
  CHECK(refused([&] { s.targets().feed_count(goal.id(), 1); }).field() == "count");
  CHECK(s.targets().feed_count(lines.id(), 2, &now.micros).id() == lines.id());
  const crm::frame far = s.targets().attainment("metric = \"lines\"");
  CHECK(far.rows() == 1 && far.text(0, far.column("state")) == "open" && far.f64(0, far.column("attainment")) == 0.25);
  CHECK(s.targets().attainment({}, true).rows() == 2);
  const std::string shares = s.assignment().plan();
  CHECK(s.assignment().head(shares).rows() > 6 && s.assignment().run(shares).rows() == 1);
  CHECK(s.assignment().steps(shares).rows() < 1000 && refused([&] { s.leads().claim(lead.id()); }).code() == CRM_E_INVALID);
  const std::int64_t said = s.chatter().post(CRM_KIND_LEAD, lead.id(), "They want the blue ones.", true);
  CHECK(s.chatter().get(said).boolean(CRM_MESSAGE_INTERNAL) && s.chatter().count() == 3);
  CHECK(s.chatter().timeline(CRM_KIND_LEAD, lead.id()).rows() >= 3);
  const std::int64_t then = now.micros, tuesday = then + INT64_C(86400000000);
  const crm::session later = db.session({}, crm::instant{tuesday});
  CHECK(later.leads().reopen(lead.id()).text(CRM_LEAD_WON_STATUS) == "pending");
  CHECK(later.leads().get_as_of(lead.id(), then).text(CRM_LEAD_WON_STATUS) == "won");
  CHECK(later.leads().count_as_of("won_status = \"won\"", then, "known") == 1);
  crm::query past;
  past.as_of = &then;
  CHECK(later.leads().find(past)[0].text(CRM_LEAD_WON_STATUS) == "won");
  crm::frame was = later.forecast_as_of(then);
  CHECK(was.text(0, was.column("bucket")) == "won" && later.board_as_of(then).rows() >= 2);
  CHECK(later.leads().mark_won(lead.id()).text(CRM_LEAD_WON_STATUS) == "won");
  CHECK(s.score_health().summary.rows() == 1 && s.score_configuration().rows() == 1);
  CHECK(s.score_parameters().front() == '{');
  CHECK(db.verify().empty() && db.repair().empty() && db.feed(0, 1).rows() == 1);
}

void records_outlive_what_they_came_from() {
  std::optional<crm::record> kept;
  {
    const crm::database db{":memory:"};
    const crm::session s = db.session();
    std::vector<crm::fields> drafts;
    drafts.push_back(crm::fields{{"name", "Hot"}});
    drafts.push_back(crm::fields{{"name", "Cold"}});
    const crm::list tags = s.tags().create_many(drafts);
    CHECK(tags.size() == 2 && tags.ids()[1] == tags[1].id());
    kept = tags[1];
    std::size_t seen = 0;
    for (const crm::record tag : tags) {
      CHECK(tag.i64(CRM_TAG_COLOR) == 0);
      ++seen;
    }
    CHECK(seen == 2);
  }
  CHECK(kept->text(CRM_TAG_NAME) == "Cold");
}

void transactions_are_undone_unless_committed() {
  const crm::database db{":memory:"};
  const crm::session s = db.session();
  const std::int64_t before = s.stages().count();
  try {
    crm::transaction all(s);
    s.stages().create({{"name", "Undone"}});
    s.stages().create({{"nmae", "Mistake"}});
    all.commit();
  } catch (const crm::error &error) {
    CHECK(error.field() == "nmae");
  }
  CHECK(s.stages().count() == before);
  crm::transaction all(s);
  s.stages().create(crm::fields{{"name", "Kept"}}.external_id("erp", "7"));
  all.commit();
  CHECK(s.stages().count() == before + 1);
  const crm::record kept = s.stages().get_external("erp", "7");
  s.stages().update(kept.id(), crm::fields{{"sequence", 3}}.expected_version(1));
  const crm::error late = refused([&] {
    s.stages().update(kept.id(), crm::fields{{"sequence", 4}}.expected_version(1));
  });
  CHECK(late.code() == CRM_E_CONFLICT && late.record_id() == kept.id());
  CHECK(late.record_kind() == "stage");
  CHECK(s.stages().find({"sequence = 3", "name desc", {}, 5, 0}).size() >= 1);
  s.stages().remove(kept.id());
  CHECK(refused([&] { s.stages().get(kept.id()); }).code() == CRM_E_NOT_FOUND);
}

void exceptions_of_callbacks_come_out(const std::string &folder) {
  const crm::database db{":memory:"};
  bool thrown = false;
  try {
    db.backup(folder + "/never.crm", [](std::uint64_t, std::uint64_t) -> bool {
      throw std::domain_error("the host's own");
    });
  } catch (const std::domain_error &error) {
    thrown = std::string_view(error.what()) == "the host's own";
  }
  CHECK(thrown);
  std::uint64_t calls = 0;
  db.backup(folder + "/copy.crm", [&](std::uint64_t, std::uint64_t) { return ++calls > 0; });
  CHECK(calls > 0);
  const crm::frame report = crm::copy(folder + "/copy.crm", folder + "/moved.crm");
  CHECK(report.rows() > 20);
  const crm::frame same = crm::copy(folder + "/moved.crm", folder + "/moved.again.crm");
  CHECK(same.text(0, 2) == report.text(0, 2));
  CHECK(refused([&] { crm::copy(folder + "/copy.crm", folder + "/moved.crm"); }).code() == CRM_E_CONFLICT);
  db.close();
  CHECK(refused([&] { db.session(); }).code() == CRM_E_CLOSED);
}

// What closed deals teach, asked in every way; which of three numbers is a deal's chance, its team says.
void the_score_says_why() {
  const crm::database db{":memory:"};
  const crm::session s = db.session({}, now);
  crm_score_options options;
  crm_score_options_init(&options, sizeof options);
  const crm_str country = crm::view(std::string_view("country_code"));
  options.set_mask = CRM_SCORE_FIELDS;
  options.fields = &country;
  options.field_count = 1;
  s.configure_score(options);
  const auto deal = [&](const char *code) {
    return s.leads().create({{"name", "Deal"}, {"country_code", code}, {"team_id", 1}}).id();
  };
  const std::int64_t won = deal("FR"), other = deal("DE"), lost = deal("FR"), asked = deal("FR");
  s.leads().mark_won(won);
  s.leads().mark_won(other);
  s.leads().mark_lost(lost);

  const crm::frame like = s.nearest(asked);
  CHECK(like.rows() == 2 && like.i64(0, like.column("lead_id")) == lost);
  CHECK(like.text(0, like.column("shared")) == "country_code");
  CHECK(like.text(1, like.column("outcome")) == "won" && like.i64(1, 0) == won);
  CHECK(refused([&] { s.nearest(999); }).code() == CRM_E_NOT_FOUND);

  const crm::frame said = s.predict("country_code = \"FR\"");
  CHECK(said.rows() == 1 && said.i64(0, 0) == asked);
  CHECK(said.decimal_text(0, said.column("probability")) == "60.8696"); // (2 + 20 × 3/5) ÷ (3 + 20)
  CHECK(said.text(0, said.column("source")) == "base");
  const std::int64_t before = now.micros - 1;
  CHECK(s.predict({}, &before).rows() == 0);
  std::uint64_t told = 0;
  const auto count = [&](std::uint64_t, std::uint64_t) { return ++told > 0; };
  CHECK(s.predict({}, nullptr, count).rows() == 1 && told > 0);

  const crm::session::backtested tested = s.backtest("created", nullptr, count);
  CHECK(tested.rows.rows() == 3 && tested.summary.rows() == 3 && tested.reliability.rows() >= 1);
  CHECK(tested.rows.text(0, tested.rows.column("outcome")) == "won");
  CHECK(tested.summary.f64(0, tested.summary.column("log_loss")) > 0);
  CHECK(refused([&] { s.backtest("closed"); }).code() == CRM_E_INVALID);
  const auto stop = [](std::uint64_t, std::uint64_t) { return false; };
  CHECK(refused([&] { s.backtest({}, nullptr, stop); }).code() == CRM_E_CANCELLED);

  s.teams().update(1, {{"probability_policy", "stage"}});
  s.leads().update(asked, {{"probability", 25}});
  const crm::frame why = s.explanation(asked);
  CHECK(why.rows() == 1 && why.text(0, why.column("policy")) == "stage");
  CHECK(why.f64(0, why.column("manual_probability")) == 25);
  const crm::record now_is = s.leads().get(asked);
  CHECK(now_is.ppm(CRM_LEAD_PROBABILITY) == now_is.ppm(CRM_LEAD_STAGE_PROBABILITY));
  CHECK(now_is.ppm(CRM_LEAD_MANUAL_PROBABILITY) == 250000);
  CHECK(now_is.text(CRM_LEAD_PROBABILITY_SOURCE) == "stage");
}

// Who is probably the same, with the reasons: as one, as one that may be created, and all at once.
void duplicates_have_reasons() {
  const crm::database db{":memory:"};
  const crm::session s = db.session({}, now);
  const std::int64_t ada = s.leads().create({{"name", "Lease"}, {"email_from", "Ada <ada@harbour.com>"}}).id();
  const std::int64_t again = s.leads().create({{"name", "Again"}, {"email_from", "ADA@harbour.com"}}).id();
  const crm::frame found = s.duplicates(ada);
  CHECK(found.rows() == 1 && found.i64(0, found.column("record_id")) == again);
  CHECK(found.i64(0, found.column("score")) == 90 && found.text(0, found.column("field")) == "email_normalized");
  const crm::fields typed{{"name", "Invoices"}, {"email", "info@harbour.com"}};
  CHECK(s.duplicates(typed, CRM_KIND_PARTNER).rows() == 0);
  s.leads().mark_won(again);
  CHECK(s.duplicates(ada).rows() == 0 && s.scan_duplicates().rows() == 0);
  CHECK(s.duplicates(ada, CRM_KIND_LEAD, CRM_DUPLICATES_INCLUDE_WON).rows() == 1);
  s.leads().reopen(again);
  const crm::frame all = s.scan_duplicates(CRM_KIND_LEAD, 90, 0, [](std::uint64_t, std::uint64_t) { return true; });
  CHECK(all.rows() == 2 && all.i64(1, all.column("cluster")) == ada && all.i64(1, 1) == again);
  CHECK(refused([&] { s.duplicates(ada, CRM_KIND_STAGE); }).code() == CRM_E_INVALID);
  CHECK(refused([&] { s.scan_duplicates(CRM_KIND_LEAD, 100); }).code() == CRM_E_INVALID);
}

void the_rest_of_the_house(const std::string &folder) {
  const crm::database db{":memory:"};
  const crm::session s = db.session({}, now);
  CHECK(!s.setting("use_leads"));
  s.declare(CRM_KIND_LEAD, "Origin", "selection", {"fair", "web"});
  crm::fields fields{{"name", "Buses"}, {"tag_ids", std::vector<std::int64_t>{}}};
  fields.set_property("Origin", "fair");
  const crm::record lead = s.leads().create(fields);
  CHECK(lead.property_text("Origin") == "fair" && !lead.property_f64("Seats"));
  CHECK(lead.ids(CRM_LEAD_TAG_IDS).empty() && lead.json().find("\"fair\"") != std::string_view::npos);
  CHECK(s.board().rows() >= 1 && s.explain(lead.id()).text(0, 0) == "base");
  CHECK(s.rebuild_scores().rows() == 1);
  CHECK(s.recompute_scores([](std::uint64_t, std::uint64_t) { return true; }).rows() == 1);

  const std::string file = folder + "/leads.csv";
  CHECK(s.export_csv(CRM_KIND_LEAD, file) == 1);
  crm_import_options options;
  crm_import_options_init(&options, sizeof options);
  options.kind = CRM_KIND_LEAD;
  options.path = crm::view(std::string_view(file));
  const crm::session::imported again = s.import_csv(options);
  CHECK(again.report.i64(0, again.report.column("unchanged")) == 1 && again.problems.rows() == 0);
}

// One letter, a pointer, a number that 64 signed bits cannot hold: no values of a field.
void values_are_what_they_say() {
  using value = crm::fields::value;
  static_assert(!std::is_constructible_v<value, char> && !std::is_constructible_v<value, char16_t>);
  static_assert(!std::is_constructible_v<value, const int *> && !std::is_constructible_v<value, void *>);
  static_assert(std::is_constructible_v<value, const char *> && std::is_constructible_v<value, char *>);
  static_assert(std::is_constructible_v<value, std::uint8_t> && std::is_constructible_v<value, std::nullptr_t>);
  bool null = false, large = false;
  try {
    value(static_cast<const char *>(nullptr));
  } catch (const std::invalid_argument &) {
    null = true;
  }
  try {
    value(UINT64_MAX);
  } catch (const std::out_of_range &) {
    large = true;
  }
  CHECK(null && large);
  const value fits[] = {value(std::uint64_t{7}), value(INT64_MIN), value("text")};
  CHECK(sizeof fits > 0);
}

} // namespace

int main(int, char **arguments) {
  values_are_moved_and_ended();
  values_are_what_they_say();
  failures_are_exceptions();
  open_to_forecast();
  records_outlive_what_they_came_from();
  transactions_are_undone_unless_committed();
  exceptions_of_callbacks_come_out(arguments[1]);
  the_score_says_why();
  duplicates_have_reasons();
  the_rest_of_the_house(arguments[1]);
  return 0;
}
