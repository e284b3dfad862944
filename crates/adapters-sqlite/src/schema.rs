//! The tables as Diesel sees them. The migrations say what each column may hold.

/// A table of records: its own columns, between its id and the stamp that every record has.
macro_rules! record_table {
    ($table:ident { $($column:ident -> $type:ty,)* }) => {
        diesel::table! {
            $table (id) {
                id -> Binary,
                $($column -> $type,)*
                version -> Integer,
                created_at -> BigInt,
                created_by -> Nullable<Binary>,
                changed_at -> BigInt,
                changed_by -> Nullable<Binary>,
            }
        }
    };
}

record_table! {
    roles {
        name -> Text,
        name_folded -> Text,
        permissions -> Text,
        second_factor -> Bool,
    }
}

record_table! {
    users {
        username -> Text,
        username_folded -> Text,
        full_name -> Text,
        display_folded -> Text,
        email -> Nullable<Text>,
        superuser -> Bool,
        active -> Bool,
        password -> Text,
        password_set_at -> BigInt,
        grants -> Text,
        search -> Text,
        password_is_temporary -> Bool,
        link_token -> Nullable<Binary>,
        link_until -> Nullable<BigInt>,
        totp_secret -> Nullable<Binary>,
        totp_step -> Nullable<BigInt>,
        recovery_codes -> Nullable<Binary>,
        last_sign_in_at -> Nullable<BigInt>,
        language -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        theme -> Nullable<Text>,
        density -> Nullable<Text>,
        single_keys -> Nullable<Text>,
    }
}

diesel::table! {
    user_roles (user_id, role_id) {
        user_id -> Binary,
        role_id -> Binary,
    }
}

diesel::table! {
    sessions (token_hash) {
        device -> Text,
        from_address -> Nullable<Text>,
        token_hash -> Binary,
        user_id -> Binary,
        signed_in_at -> BigInt,
        last_seen_at -> BigInt,
        awaits_code -> Bool,
    }
}

record_table! {
    services {
        name -> Text,
        name_folded -> Text,
        search -> Text,
        description -> Text,
        price -> BigInt,
        archived -> Bool,
    }
}

record_table! {
    campaigns {
        name -> Text,
        name_folded -> Text,
        search -> Text,
        service_id -> Binary,
        channel -> Text,
        budget -> BigInt,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        archived -> Bool,
    }
}

record_table! {
    spend_entries {
        campaign_id -> Binary,
        spent_on -> Date,
        amount -> BigInt,
        note -> Text,
        cancelled -> Bool,
    }
}

record_table! {
    leads {
        full_name -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        search -> Text,
        campaign_id -> Nullable<Binary>,
        assignee_id -> Nullable<Binary>,
        status -> Text,
        lost_reason -> Nullable<Text>,
        client_id -> Nullable<Binary>,
        next_step -> Nullable<Text>,
        due_on -> Date,
        email_key -> Nullable<Text>,
        name_key -> Text,
        merged_into -> Nullable<Binary>,
        merged_version -> Nullable<Integer>,
        merged -> Text,
    }
}

record_table! {
    notes {
        lead_id -> Binary,
        client_id -> Nullable<Binary>,
        text -> Text,
    }
}

record_table! {
    views {
        list -> Text,
        owner_id -> Binary,
        name -> Text,
        query -> Text,
        shared -> Bool,
        removed -> Bool,
    }
}

record_table! {
    clients {
        lead_id -> Binary,
        first_contract_id -> Binary,
        acquired_by -> Nullable<Binary>,
        full_name -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        search -> Text,
        converted_at -> BigInt,
        email_key -> Nullable<Text>,
        name_key -> Text,
    }
}

record_table! {
    contracts {
        name -> Text,
        search -> Text,
        service_id -> Binary,
        signed_on -> Date,
        valid_from -> Date,
        valid_until -> Date,
        amount -> BigInt,
        document_id -> Binary,
        client_id -> Nullable<Binary>,
    }
}

record_table! {
    documents {
        name -> Text,
        kind -> Text,
        size -> BigInt,
        checksum -> Binary,
        contract_id -> Nullable<Binary>,
        session -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Binary,
        at -> BigInt,
        by_user -> Nullable<Binary>,
        kind -> Text,
        record_id -> Binary,
        version -> Integer,
        changes -> Text,
        from_address -> Nullable<Text>,
        act -> Text,
        chain -> Nullable<SmallInt>,
        position -> Nullable<BigInt>,
        hash -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_heads (chain) {
        chain -> SmallInt,
        position -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    leads_told_apart (older, newer) {
        older -> Binary,
        newer -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(documents, sessions);
diesel::allow_tables_to_appear_in_same_query!(sessions, users);
diesel::allow_tables_to_appear_in_same_query!(user_roles, users);
diesel::allow_tables_to_appear_in_same_query!(user_roles, roles);
