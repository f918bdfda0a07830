package opinion

import "strings"

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var (
	// delays are called for the time they take.
	delays = set("sleep benchmark pg_sleep randomblob receive_message")
	// weapons are called for an error that tells, a file or a program.
	weapons = set(`extractvalue updatexml load_file pg_read_file xp_cmdshell load_extension pg_sleep
		sp_oacreate sp_executesql openrowset utl_http dbms_pipe dbms_lock ctxsys xmltype gtid_subset
		geometrycollection polygon multipoint linestring pg_ls_dir lo_import exec_master`)
	// catalogues are what an injection reads first.
	catalogues = set(`information_schema sysobjects syscolumns sysusers sqlite_master sqlite_schema pg_catalog pg_tables
		pg_user pg_shadow all_tables user_tables all_tab_columns dual mysql msysobjects master sys`)
	// functions may stand in an expression; the list keeps prose with brackets out.
	functions = set(`sleep benchmark pg_sleep randomblob extractvalue updatexml load_file substring substr mid left right ascii
		ord char chr concat concat_ws group_concat length len char_length count version user database schema current_user
		system_user session_user if ifnull nullif isnull iif coalesce cast convert hex unhex elt field exp floor rand
		row_count json_extract json_keys json_depth json_length bin_to_num make_set exists instr locate position strcmp
		md5 sha1 password encode decode to_char to_number ctxsys utl_inaddr dbms_pipe dbms_utility db_name host_name
		user_name object_id col_name sqlite_version changes last_insert_rowid typeof xmltype make_date now sysdate pi
		bit_and bit_or abs sign power mod round lower upper reverse trim replace name_const row select least greatest`)
	operators = set("or and xor not || && = < > <> != + - * / % ^ | & select when then else if , ; like")
)
