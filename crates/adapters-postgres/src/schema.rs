//! The tables as Diesel sees them. The migrations say what each column may hold.

/// A table of records: its own columns, between its id and the stamp that every record has.
macro_rules! record_table {
    ($table:ident { $($column:ident -> $type:ty,)* }) => {
        diesel::table! {
            $table (id) {
                id -> Uuid,
                $($column -> $type,)*
                version -> Integer,
                created_at -> Timestamptz,
                created_by -> Nullable<Uuid>,
                changed_at -> Timestamptz,
                changed_by -> Nullable<Uuid>,
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
        password_set_at -> Timestamptz,
        grants -> Text,
        search -> Text,
        password_is_temporary -> Bool,
        link_token -> Nullable<Binary>,
        link_until -> Nullable<Timestamptz>,
        totp_secret -> Nullable<Binary>,
        totp_step -> Nullable<BigInt>,
        recovery_codes -> Nullable<Binary>,
        last_sign_in_at -> Nullable<Timestamptz>,
        language -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        theme -> Nullable<Text>,
        density -> Nullable<Text>,
        single_keys -> Nullable<Text>,
    }
}

diesel::table! {
    user_roles (user_id, role_id) {
        user_id -> Uuid,
        role_id -> Uuid,
    }
}

diesel::table! {
    sessions (token_hash) {
        device -> Text,
        from_address -> Nullable<Text>,
        token_hash -> Binary,
        user_id -> Uuid,
        signed_in_at -> Timestamptz,
        last_seen_at -> Timestamptz,
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
        service_id -> Uuid,
        channel -> Text,
        budget -> BigInt,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        archived -> Bool,
    }
}

record_table! {
    spend_entries {
        campaign_id -> Uuid,
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
        campaign_id -> Nullable<Uuid>,
        assignee_id -> Nullable<Uuid>,
        status -> Text,
        lost_reason -> Nullable<Text>,
        client_id -> Nullable<Uuid>,
        next_step -> Nullable<Text>,
        due_on -> Date,
        email_key -> Nullable<Text>,
        name_key -> Text,
        merged_into -> Nullable<Uuid>,
        merged_version -> Nullable<Integer>,
        merged -> Text,
    }
}

record_table! {
    notes {
        lead_id -> Uuid,
        client_id -> Nullable<Uuid>,
        text -> Text,
    }
}

record_table! {
    views {
        list -> Text,
        owner_id -> Uuid,
        name -> Text,
        query -> Text,
        shared -> Bool,
        removed -> Bool,
    }
}

record_table! {
    clients {
        lead_id -> Uuid,
        first_contract_id -> Uuid,
        acquired_by -> Nullable<Uuid>,
        full_name -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        search -> Text,
        converted_at -> Timestamptz,
        email_key -> Nullable<Text>,
        name_key -> Text,
    }
}

record_table! {
    contracts {
        name -> Text,
        search -> Text,
        service_id -> Uuid,
        signed_on -> Date,
        valid_from -> Date,
        valid_until -> Date,
        amount -> BigInt,
        document_id -> Uuid,
        client_id -> Nullable<Uuid>,
    }
}

record_table! {
    documents {
        name -> Text,
        kind -> Text,
        size -> BigInt,
        checksum -> Binary,
        contract_id -> Nullable<Uuid>,
        session -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Uuid,
        at -> Timestamptz,
        by_user -> Nullable<Uuid>,
        kind -> Text,
        record_id -> Uuid,
        version -> Integer,
        changes -> Text,
        from_address -> Nullable<Text>,
        act -> Text,
        chain -> Nullable<SmallInt>,
        position -> Nullable<BigInt>,
        hash -> Nullable<Bytea>,
    }
}

diesel::table! {
    audit_heads (chain) {
        chain -> SmallInt,
        position -> BigInt,
        hash -> Bytea,
    }
}

diesel::table! {
    counters (name, slot) {
        name -> Text,
        slot -> Integer,
        value -> BigInt,
    }
}

diesel::table! {
    leads_told_apart (older, newer) {
        older -> Uuid,
        newer -> Uuid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(documents, sessions);
diesel::allow_tables_to_appear_in_same_query!(sessions, users);
diesel::allow_tables_to_appear_in_same_query!(user_roles, users);
diesel::allow_tables_to_appear_in_same_query!(sessions, user_roles, roles);
