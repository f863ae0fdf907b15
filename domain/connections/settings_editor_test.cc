#include "domain/connections/settings_editor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/connections/connection_test_fixture.h"
#include "model/errors.h"

namespace oms_connector::connections {
namespace {

using ::testing::SizeIs;

class SettingsEditorTest : public ConnectionTestFixture {
 protected:
  void SetUp() override {
    ConnectionTestFixture::SetUp();
    ASSERT_TRUE(CreateAcme().ok());
  }

  SettingsUpdate SubtractLocked(bool value) {
    SettingsUpdate update;
    update.connection = "acme";
    update.sent.subtract_locked_quantity = value;
    update.principal = "local";
    return update;
  }

  std::vector<model::SettingsChange> History() {
    return *editor_.ListChanges({}, "acme", 0, 100);
  }

  SettingsEditor editor_{store(), &ids_};
};

TEST_F(SettingsEditorTest, StartsWithTheDefaults) {
  const auto settings = editor_.Get({}, "acme");
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->values, model::Settings());
  EXPECT_FALSE(settings->etag.empty());
  EXPECT_THAT(History(), SizeIs(0));
}

TEST_F(SettingsEditorTest, ChangesAndKeepsWhoChangedWhat) {
  const std::string before = editor_.Get({}, "acme")->etag;
  clock_.Advance(absl::Minutes(1));
  const auto after = ResultOf(editor_.Update({}, SubtractLocked(true)));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->values.subtract_locked_quantity);
  EXPECT_NE(after->etag, before);
  EXPECT_EQ(after->update_time, clock_.Now());
  ASSERT_THAT(History(), SizeIs(1));
  EXPECT_EQ(History()[0].principal, "local");
  EXPECT_FALSE(History()[0].old_settings.subtract_locked_quantity);
  EXPECT_TRUE(History()[0].new_settings.subtract_locked_quantity);
}

TEST_F(SettingsEditorTest, AChangeOfNothingLeavesNoTrace) {
  const auto before = editor_.Get({}, "acme");
  const auto after = ResultOf(editor_.Update({}, SubtractLocked(false)));
  EXPECT_EQ(after->etag, before->etag);
  EXPECT_EQ(after->update_time, before->update_time);
  EXPECT_THAT(History(), SizeIs(0));
}

TEST_F(SettingsEditorTest, ValidateOnlyShowsTheResultAndStoresNothing) {
  SettingsUpdate update = SubtractLocked(true);
  update.validate_only = true;
  update.call = Repeatable<model::StoredSettings>("id-1", "f1");
  const auto shown = ResultOf(editor_.Update({}, update));
  ASSERT_TRUE(shown.ok());
  EXPECT_TRUE(shown->values.subtract_locked_quantity);
  EXPECT_EQ(shown->etag, "");
  EXPECT_FALSE(editor_.Get({}, "acme")->values.subtract_locked_quantity);
  // It leaves no request id behind either.
  update.validate_only = false;
  update.call.id.fingerprint = "f2";
  EXPECT_TRUE(editor_.Update({}, update).ok());
}

TEST_F(SettingsEditorTest, RefusesAStaleEtagAndChangesNothing) {
  SettingsUpdate update = SubtractLocked(true);
  update.etag = "old";
  const absl::Status status = editor_.Update({}, update).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(model::ReasonOf(status), "ETAG_MISMATCH");
  update.etag = editor_.Get({}, "acme")->etag;
  EXPECT_TRUE(editor_.Update({}, update).ok());
}

TEST_F(SettingsEditorTest, ARepeatGetsTheFirstAnswerAgain) {
  SettingsUpdate update = SubtractLocked(true);
  update.call = Repeatable<model::StoredSettings>("id-1", "f1");
  const auto first = editor_.Update({}, update);
  ASSERT_TRUE(editor_.Update({}, SubtractLocked(false)).ok());
  const auto again = editor_.Update({}, update);
  EXPECT_EQ(again->replay, "response with " + first->result.etag);
  EXPECT_FALSE(editor_.Get({}, "acme")->values.subtract_locked_quantity);
  EXPECT_THAT(History(), SizeIs(2));
}

TEST_F(SettingsEditorTest, ARequestIdIsForOneRequest) {
  SettingsUpdate update = SubtractLocked(true);
  update.call = Repeatable<model::StoredSettings>("id-1", "f1");
  ASSERT_TRUE(editor_.Update({}, update).ok());
  update.call.id.fingerprint = "f2";
  EXPECT_EQ(model::ReasonOf(editor_.Update({}, update).status()),
            "REQUEST_ID_REUSED");
  clock_.Advance(model::kRequestIdLifetime);
  EXPECT_TRUE(editor_.Update({}, update).ok());
}

TEST_F(SettingsEditorTest, OnlyInventorySettingsMakeLevelsBeComputedAnew) {
  const auto generation = [&] {
    return directory_.Get({}, "acme")->view_generation;
  };
  const int64_t before = generation();
  SettingsUpdate update;
  update.connection = "acme";
  update.sent.parse_carrier_fallback = true;
  ASSERT_TRUE(editor_.Update({}, update).ok());
  EXPECT_EQ(generation(), before);
  ASSERT_TRUE(editor_.Update({}, SubtractLocked(true)).ok());
  EXPECT_EQ(generation(), before + 1);
}

TEST_F(SettingsEditorTest, ListsChangesNewestFirstInPages) {
  for (const bool value : {true, false, true}) {
    ASSERT_TRUE(editor_.Update({}, SubtractLocked(value)).ok());
  }
  const auto newest = editor_.ListChanges({}, "acme", 0, 2);
  ASSERT_THAT(*newest, SizeIs(2));
  EXPECT_GT((*newest)[0].change_id, (*newest)[1].change_id);
  const auto rest = editor_.ListChanges({}, "acme", (*newest)[1].change_id, 2);
  ASSERT_THAT(*rest, SizeIs(1));
}

TEST_F(SettingsEditorTest, AnUnknownConnectionIsTheCallersError) {
  SettingsUpdate update = SubtractLocked(true);
  update.connection = "nobody";
  for (const absl::Status& status :
       {editor_.Get({}, "nobody").status(), editor_.Update({}, update).status(),
        editor_.ListChanges({}, "nobody", 0, 1).status()}) {
    EXPECT_EQ(model::ReasonOf(status), "CONNECTION_NOT_FOUND");
  }
}

}  // namespace
}  // namespace oms_connector::connections
