//! What every store must do, whatever is behind it.
//!
//! ```ignore
//! conformance::store_suite!(async { MyStore::open().await });
//! conformance::model_suite!(async { MemoryStore::default() }, async { MyStore::open().await });
//! ```
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a case fails by panicking")]

pub mod accounts;
pub mod cohorts;
pub mod directory;
pub mod duplicates;
pub mod equal_age;
mod example;
pub mod figures;
pub mod filling;
pub mod filters;
pub mod fixtures;
pub mod history;
pub mod isolation;
pub mod model;
pub mod orders;
pub mod paging;
pub mod plans;
pub mod records;
pub mod references;
pub mod search;
mod support;
pub mod time_series;
pub mod unique;
pub mod uploads;
pub mod windows;
mod world;

use domain::store::Store;

/// What a suite's expression gives: a store, or something that owns one together with the folder it lives in.
pub trait AsStore {
    fn store(&self) -> &dyn Store;
}

impl<S: Store> AsStore for S {
    fn store(&self) -> &dyn Store {
        self
    }
}

/// Makes one `#[tokio::test]` of each case. The expression is a future that opens a fresh, empty store: a
/// [`Store`] or anything else that is [`AsStore`]. The calling crate depends on `tokio` with `macros`.
#[macro_export]
macro_rules! store_suite {
    ($open:expr) => {
        $crate::store_suite! { @each $open;
            records::a_record_of_every_kind_comes_back_with_every_field_at_its_limit,
            records::a_record_of_every_kind_comes_back_with_nothing_optional,
            records::every_field_can_be_changed,
            records::every_status_of_a_lead_and_every_type_of_file_comes_back,
            records::a_dropped_unit_of_work_leaves_no_trace,
            records::a_unit_of_work_reads_what_it_wrote,
            records::a_stale_update_is_refused_and_a_right_one_raises_the_version,
            records::an_update_of_a_missing_record_is_stale,
            records::a_refused_commit_leaves_no_trace,
            unique::an_id_is_taken_once,
            unique::names_are_unique_without_regard_to_case_in_russian_too,
            unique::names_that_differ_in_more_than_case_are_different,
            unique::one_lead_makes_one_client,
            unique::one_file_belongs_to_one_contract,
            references::a_reference_to_a_missing_record_is_refused,
            references::a_reference_in_a_circle_is_checked_by_the_commit_at_the_latest,
            references::a_circle_of_references_may_be_written_in_any_order,
            references::the_author_of_a_change_is_a_user,
            references::a_session_is_of_a_user,
            filling::many_are_inserted_as_one_after_the_other,
            filling::a_store_is_filled_in_any_order,
            filling::what_is_filled_in_must_hold_together,
            filling::all_entries_of_the_audit_log_are_read_in_pieces,
            filling::all_sessions_are_read_in_pieces,
            isolation::a_reader_keeps_to_its_moment,
            isolation::a_reader_waits_for_no_writer_and_sees_nothing_uncommitted,
            isolation::writers_at_the_same_time_lose_no_update,
            isolation::an_exclusive_writer_waits_for_its_turn_and_has_no_conflict,
            isolation::two_conversions_at_the_same_moment_make_one_client,
            paging::every_kind_is_listed_newest_first_each_record_once,
            paging::a_filtered_list_is_paged_like_a_whole_one,
            paging::spend_entries_are_listed_latest_day_first,
            paging::a_cursor_at_an_unknown_record_gives_an_empty_page,
            paging::an_empty_list_has_an_empty_page,
            paging::totals_are_exact_up_to_the_limit_and_capped_above,
            search::a_lead_is_found_by_a_part_of_the_name,
            search::a_lead_is_found_by_phone_and_email,
            search::a_lead_is_found_by_a_number_as_people_dial_it,
            search::an_email_is_found_with_both_letters_for_yo,
            search::a_changed_record_is_found_by_what_it_says_now,
            search::signs_of_a_query_language_are_ordinary_characters,
            search::services_campaigns_and_contracts_are_found_by_name,
            search::a_client_is_found_by_name_phone_and_email,
            orders::every_list_is_paged_in_each_of_its_orders,
            orders::names_are_listed_without_regard_to_case,
            orders::people_by_period_and_campaign,
            orders::contracts_by_service_day_and_amount,
            orders::campaigns_by_channel_and_service,
            orders::campaigns_over_their_budget_and_those_without_spend,
            filters::leads_by_stage_and_campaign,
            filters::leads_by_assignee,
            filters::leads_by_when_their_next_step_is_due,
            filters::services_and_campaigns_by_their_archive,
            filters::contracts_by_client_and_free_ones,
            filters::documents_by_contract_and_those_that_wait,
            filters::users_by_text_role_and_last_sign_in,
            filters::notes_by_lead_and_users_who_are_active,
            directory::names_are_found_by_id,
            directory::a_picker_offers_what_can_be_picked_by_name,
            directory::a_picker_offers_contracts_without_a_client_newest_first,
            directory::channels_are_offered_once_each_in_order,
            directory::counts_follow_every_change,
            duplicates::people_are_alike_by_phone_email_and_the_words_of_the_name,
            duplicates::an_email_is_one_key_of_a_person,
            duplicates::a_client_who_changed_is_found_by_what_they_have_now,
            duplicates::the_newest_are_found_up_to_a_limit,
            duplicates::who_was_merged_into_another_one_is_still_found,
            duplicates::leads_are_found_by_id,
            duplicates::every_key_has_its_oldest_pair_that_was_not_told_apart,
            duplicates::pairs_told_apart_are_read_in_pieces_and_forgotten,
            duplicates::a_merged_lead_is_in_no_list_and_no_number_until_it_comes_apart,
            duplicates::a_merged_lead_refers_to_one_that_is_there,
            accounts::a_user_is_named_without_regard_to_case,
            accounts::a_session_brings_its_user_with_the_permissions_of_roles_and_grants,
            accounts::a_session_is_refreshed_and_removed,
            accounts::the_sessions_of_a_user_are_listed_the_last_used_first,
            accounts::all_sessions_of_a_user_are_removed_and_no_others,
            accounts::a_user_is_found_by_their_link,
            accounts::signing_in_is_written_down_without_a_new_version,
            accounts::sessions_that_are_over_are_removed,
            accounts::active_superusers_are_counted,
            accounts::active_users_are_counted_by_role,
            history::a_history_is_read_newest_first_with_every_field,
            history::every_kind_of_record_has_a_history_of_its_own,
            history::the_log_is_narrowed_and_paged,
            history::every_entry_is_sealed_behind_the_one_before_it,
            history::a_waiting_file_is_forgotten_and_one_that_a_contract_took_is_not,
            history::files_without_a_row_are_unknown,
            uploads::files_that_wait_are_counted_by_user_and_together,
            uploads::a_file_is_abandoned_after_its_time_or_without_its_session,
            figures::an_empty_store_has_the_row_of_no_campaign,
            figures::the_example_of_the_handbook_comes_out_to_the_digit,
            figures::a_cohort_is_followed_whenever_its_contracts_were_signed,
            figures::an_event_counts_when_it_happened,
            figures::what_does_not_count_changes_no_figure,
            figures::leads_without_a_campaign_make_the_rows_add_up,
            figures::amounts_at_their_limit_add_up,
            time_series::each_stretch_has_what_the_sums_of_it_say,
            time_series::the_months_of_the_handbook_come_out_to_the_digit,
            cohorts::the_clients_of_the_handbook_come_in_their_months,
            cohorts::what_is_early_or_late_is_told_apart,
            cohorts::rows_add_up_to_the_campaigns_and_to_the_whole,
            plans::a_plan_counts_by_the_days_of_its_campaign,
            plans::the_first_rouble_ends_the_plan_of_every_period,
            plans::months_have_the_plans_of_their_days,
            equal_age::the_same_history_days_later_is_no_change,
            equal_age::what_came_later_than_the_same_age_is_not_counted,
            equal_age::the_last_moment_of_a_day_is_counted_and_the_next_one_is_not,
            windows::a_lead_belongs_to_the_day_that_it_is_in_moscow,
            windows::a_client_of_a_cohort_belongs_to_the_moment_of_the_lead,
            windows::a_conversion_belongs_to_its_own_moment,
            windows::the_first_and_the_last_day_of_a_period_belong_to_it,
        }
    };
    (@each $open:expr; $($area:ident::$case:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $case() {
                let opened = $open.await;
                $crate::$area::$case($crate::AsStore::store(&opened)).await;
            }
        )*
    };
}

/// Makes one `#[test]` that does the same random operations on two stores, the model's and the tested one, and
/// compares every answer. Both expressions are futures that open a fresh, empty store.
#[macro_export]
macro_rules! model_suite {
    ($model:expr, $store:expr) => {
        $crate::model_suite!($model, $store, $crate::model::CASES);
    };
    ($model:expr, $store:expr, $cases:expr) => {
        #[test]
        fn every_answer_is_that_of_the_model() {
            $crate::model::compare($cases, || $model, || $store);
        }
    };
}
